"""The samples: master sequences, their encoding, the split and the best possible loss."""

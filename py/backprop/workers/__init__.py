"""Workers that train the runs of a sweep: processes of this machine, or a Dask cluster."""

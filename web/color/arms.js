/**
 * Arms of the default palette: nine colours for each sign, column and theme, from zero to the end.
 *
 * At |v| = 0, 1/8 … 1 of the scale. Found by search: under normal vision and three simulated deficiencies, values of opposite sign and equal size lie at least 15 apart
 * (CIEDE2000) from half of the scale on, neighbouring sixteenths at least 4, and zero within 2 of the surface of the theme.
 * The stops are spaced evenly by the smallest difference that any of the four kinds of vision sees.
 */

export const ARMS = {
  light: {
    forward: {
      negative: ["#fafaf9", "#dfe3fc", "#bdc4f9", "#9ca4ef", "#8086e0", "#6a6bd0", "#5551be", "#4132a8", "#2f008f"],
      positive: ["#fafaf9", "#dcfbe5", "#adf5c8", "#76e2a7", "#4ac98e", "#2bb27c", "#169d6f", "#098a64", "#07785b"],
    },
    backward: {
      negative: ["#fafaf9", "#fdf6da", "#feecaf", "#f9dd82", "#ecc650", "#daac26", "#c7940a", "#b58108", "#a46f14"],
      positive: ["#fafaf9", "#ffd7db", "#fcb1ba", "#f38c9b", "#e46a7f", "#d34c67", "#be3152", "#a1163b", "#760c23"],
    },
  },
  dark: {
    forward: {
      negative: ["#1a1c20", "#191c34", "#1c1c50", "#241b7a", "#2e22a1", "#3634c2", "#3d49db", "#435eef", "#4972fe"],
      positive: ["#1a1c20", "#193630", "#145143", "#0a6b56", "#028368", "#029a7b", "#11b490", "#28d2aa", "#44f5c8"],
    },
    backward: {
      negative: ["#1a1c20", "#2f2f1d", "#494618", "#645e0e", "#7e7502", "#978c02", "#b4a818", "#d7c938", "#fff061"],
      positive: ["#1a1c20", "#39262c", "#593139", "#793b45", "#96454f", "#b14f57", "#c8595e", "#de6463", "#fa7765"],
    },
  },
};

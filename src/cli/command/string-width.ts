// In the place of the package string-width, which the packages that lay out help ask for widths: it builds an Intl.Segmenter
// when it is loaded, which takes 25 of the 35 ms that yargs does.
export { widthOf as default } from '../terminal/width.js';

/**
 * Scenario files: board presets, kernel variants, and the reader that turns a text into checked
 * records or one clear line. No simulation.
 */
package stillpoint.clusterconfig;

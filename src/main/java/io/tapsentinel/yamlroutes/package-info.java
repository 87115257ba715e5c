/**
 * The operator's routes: found, checked, run, and loaded again after an edit.
 * May use replay and what is below it.
 * Read {@link io.tapsentinel.yamlroutes.RouteContract} first.
 */
package io.tapsentinel.yamlroutes;

/**
 * Finds, checks, runs and reloads the operator's routes.
 * May use replay and the packages below it.
 * Read {@link io.tapsentinel.yamlroutes.RouteContract} first.
 */
package io.tapsentinel.yamlroutes;

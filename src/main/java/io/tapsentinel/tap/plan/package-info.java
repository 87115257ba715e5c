/**
 * Plans which time to read next. Pure.
 * May use event, config and process.
 * Read {@link io.tapsentinel.tap.plan.WindowPlanner} first.
 */
package io.tapsentinel.tap.plan;

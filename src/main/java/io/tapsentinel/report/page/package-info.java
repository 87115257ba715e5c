/**
 * The status page.
 * May use report and what is below it.
 * Read {@link io.tapsentinel.report.page.PageData} first.
 */
package io.tapsentinel.report.page;

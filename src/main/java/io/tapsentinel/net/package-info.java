/**
 * Proxies, TLS, bounded servers, and messages without content or secrets.
 * May use event, config and process.
 * Read {@link io.tapsentinel.net.Network} first.
 */
package io.tapsentinel.net;

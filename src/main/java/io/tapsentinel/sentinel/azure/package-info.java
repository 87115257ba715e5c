/**
 * Azure sign-in, HTTP client and blob clients.
 * May use net, event, config and process.
 * Read {@link io.tapsentinel.sentinel.azure.SignIn} first.
 */
package io.tapsentinel.sentinel.azure;

package io.tapsentinel.store;

import io.tapsentinel.net.Network;
import org.postgresql.ssl.WrappedFactory;

/**
 * Secures connections to PostgreSQL by the same certificates as all others; the driver makes it by its name. That the server's name
 * is the one asked for is checked by the driver, with {@code sslmode=verify-full}.
 */
public final class PostgresTls extends WrappedFactory {

    /** @param authorities PEM file of authorities that are trusted beside the system's; empty for none */
    public PostgresTls(String authorities) {
        factory = Network.tls(authorities).getSocketFactory();
    }
}

package io.tapsentinel.store;

import io.tapsentinel.net.Network;
import org.postgresql.ssl.WrappedFactory;

/**
 * Makes PostgreSQL connections trust the same certificates as all others. The driver instantiates it by name, and checks the server's name
 * itself ({@code sslmode=verify-full}).
 */
public final class PostgresTls extends WrappedFactory {

    /** @param authorities PEM file of additional certificate authorities; empty for none */
    public PostgresTls(String authorities) {
        factory = Network.tls(authorities).getSocketFactory();
    }
}

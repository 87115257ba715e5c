package io.tapsentinel.net;

import java.net.ConnectException;

/** The proxy refused to connect; nothing of the request was sent. The message names proxy, host and status. */
public class ProxyRefusedException extends ConnectException {

    private static final int WANTS_USER = 407;

    public ProxyRefusedException(ProxyAddress proxy, String to, int status) {
        super("the proxy " + proxy + " refused to connect to " + to + " with " + status
                + (status != WANTS_USER
                        ? ""
                        : proxy.user().isEmpty()
                                ? ": HTTPS_PROXY must contain a user and a password"
                                : ": the user or password in HTTPS_PROXY is wrong"));
    }
}

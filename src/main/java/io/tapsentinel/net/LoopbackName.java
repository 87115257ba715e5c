package io.tapsentinel.net;

import java.util.regex.Pattern;

/** Names and addresses of this machine for itself. A page of another site could give its own name this address, to read ours. */
public final class LoopbackName {

    private static final Pattern NAME =
            Pattern.compile("(?i)(localhost|127(\\.\\d{1,3}){3}|\\[?::1]?|\\[?0:0:0:0:0:0:0:1]?)\\.?");

    private LoopbackName() {}

    /** @param host without a port */
    public static boolean is(String host) {
        return NAME.matcher(host).matches();
    }

    /** @param header what a request has as {@code Host}; null for none */
    public static boolean isIn(String header) {
        return header != null && is(header.replaceFirst(":\\d*$", ""));
    }
}

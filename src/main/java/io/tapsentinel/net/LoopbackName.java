package io.tapsentinel.net;

import java.util.regex.Pattern;

/** Accepts only loopback names in {@code Host}: another site could point its own name at 127.0.0.1 to read the page (DNS rebinding). */
public final class LoopbackName {

    private static final Pattern NAME =
            Pattern.compile("(?i)(localhost|127(\\.\\d{1,3}){3}|\\[?::1]?|\\[?0:0:0:0:0:0:0:1]?)\\.?");

    private LoopbackName() {}

    /** @param host without a port */
    public static boolean is(String host) {
        return NAME.matcher(host).matches();
    }

    /** @param header the request's {@code Host}; null for none */
    public static boolean isIn(String header) {
        return header != null && is(header.replaceFirst(":\\d*$", ""));
    }
}

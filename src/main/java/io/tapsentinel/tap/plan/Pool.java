package io.tapsentinel.tap.plan;

import io.tapsentinel.event.EventType;
import java.util.Locale;

/** TAP's two request pools of a credential, each with 1,800 requests in a rolling day. */
public enum Pool {
    /** {@code /v2/siem/clicks/permitted} only. */
    CLICKS_PERMITTED,
    /** All other paths. */
    EVERYTHING_ELSE;

    /** The pool of requests for one type. */
    public static Pool of(EventType type) {
        return of('/' + type.path());
    }

    /**
     * The pool of a request.
     *
     * @param path with or without a query
     */
    public static Pool of(String path) {
        return path != null && path.split("\\?", 2)[0].endsWith("/clicks/permitted")
                ? CLICKS_PERMITTED
                : EVERYTHING_ELSE;
    }

    /** The name in the store and in health. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

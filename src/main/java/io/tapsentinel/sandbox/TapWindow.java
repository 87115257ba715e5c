package io.tapsentinel.sandbox;

import java.time.Instant;

/** A closed interval of event-created times: {@code from <= created <= to}. */
record TapWindow(Instant from, Instant to) {

    boolean contains(Instant created) {
        return !created.isBefore(from) && !created.isAfter(to);
    }
}

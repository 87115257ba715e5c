package io.tapsentinel.sandbox;

import static io.tapsentinel.event.EventType.CLICKS_BLOCKED;
import static io.tapsentinel.event.EventType.CLICKS_PERMITTED;
import static io.tapsentinel.event.EventType.MESSAGES_BLOCKED;
import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;

import io.tapsentinel.event.EventType;
import java.util.List;
import java.util.Optional;

/** The five endpoints and the arrays that each returns. */
enum TapPath {
    ALL("/v2/siem/all", MESSAGES_DELIVERED, MESSAGES_BLOCKED, CLICKS_PERMITTED, CLICKS_BLOCKED),
    ONLY_CLICKS_BLOCKED("/v2/siem/clicks/blocked", CLICKS_BLOCKED),
    ONLY_CLICKS_PERMITTED("/v2/siem/clicks/permitted", CLICKS_PERMITTED),
    ONLY_MESSAGES_BLOCKED("/v2/siem/messages/blocked", MESSAGES_BLOCKED),
    ONLY_MESSAGES_DELIVERED("/v2/siem/messages/delivered", MESSAGES_DELIVERED);

    private final String path;
    private final List<EventType> types;

    TapPath(String path, EventType... types) {
        this.path = path;
        this.types = List.of(types);
    }

    static Optional<TapPath> of(String path) {
        for (TapPath known : values()) {
            if (known.path.equals(path)) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    List<EventType> types() {
        return types;
    }
}

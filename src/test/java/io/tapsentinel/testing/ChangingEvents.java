package io.tapsentinel.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.ScriptedTap.Event;
import io.tapsentinel.testing.ScriptedTap.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Small events whose verdict changes. The first threat is {@code t1}; rows contain their version. */
public final class ChangingEvents {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ChangingEvents() {}

    /**
     * An event with one active threat that changes after some time.
     *
     * @param name   its GUID
     * @param withId whether the event has an id
     * @param then   a new status, {@code campaign}, {@code t2} for a second threat, or empty for no change
     */
    public static Event of(String name, EventType type, boolean withId, Instant created, Duration after, String then) {
        List<Version> versions = new ArrayList<>();
        versions.add(version(name, type, withId, created, created, "active", false, "t1"));
        Instant at = created.plus(after);
        switch (then) {
            case "" -> {}
            case "campaign" -> versions.add(version(name, type, withId, created, at, "active", true, "t1"));
            case "t2" -> versions.add(version(name, type, withId, created, at, "active", false, "t1", "t2"));
            default -> versions.add(version(name, type, withId, created, at, then, false, "t1"));
        }
        return new Event(type, created, created, versions);
    }

    /** A message with several threats and parts of which only the order changes. */
    public static Event shuffled(String name, boolean withId, Instant created) {
        EventType type = EventType.MESSAGES_DELIVERED;
        return new Event(
                type,
                created,
                created,
                List.of(version(name, type, withId, created, created, "active", true, "t1", "t2", "t3", "t4")));
    }

    /** Name and version of a row: {@code cleared-message/active}. */
    public static String label(JsonNode row) {
        return row.path("GUID").asText()
                + '/'
                + row.path(row.has("clickTime") ? "userAgent" : "subject").asText();
    }

    /** The labels of these versions of an event. */
    public static List<String> labels(Event event, int from, int to) {
        return event.versions().subList(from, Math.min(to, event.versions().size())).stream()
                .map(version -> label(version.row()))
                .toList();
    }

    private static Version version(
            String name,
            EventType type,
            boolean withId,
            Instant created,
            Instant from,
            String status,
            boolean campaign,
            String... threats) {
        String label = status + (campaign ? "+campaign" : "") + '+' + threats.length;
        ObjectNode row = JSON.createObjectNode().put("GUID", name);
        if (withId) {
            row.put("id", UUID.nameUUIDFromBytes(name.getBytes()).toString());
        }
        if (type.isClick()) {
            row.put("clickTime", created.toString())
                    .put("recipient", "one@example.com")
                    .put("url", "https://" + name + ".example.com")
                    .put("userAgent", label)
                    .put("threatID", threats[0])
                    .put("classification", "phish")
                    .put("threatStatus", status)
                    .put("campaignId", campaign ? "c1" : null);
            return new Version(from, List.of(status), row);
        }
        row.put("messageTime", created.toString())
                .put("subject", label)
                .putArray("recipient")
                .add("one@example.com");
        ArrayNode parts = row.putArray("messageParts");
        ArrayNode map = row.putArray("threatsInfoMap");
        for (String threat : threats) {
            parts.addObject().put("filename", threat + ".txt").put("contentType", "text/plain");
            map.addObject()
                    .put("threatID", threat)
                    .put("threatType", "url")
                    .put("classification", "phish")
                    .put("threatStatus", status)
                    .put("campaignID", campaign ? "c1" : null);
        }
        return new Version(from, List.of(status), row);
    }
}

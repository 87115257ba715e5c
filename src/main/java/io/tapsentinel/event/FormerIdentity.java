package io.tapsentinel.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The keys of stores before version 8, where they differ from {@link EventIdentity}. Older programs merged the clicks on two threats of one
 * link, ignored lists and maps of events without id and GUID, understood fewer time formats, and digested an unpaired surrogate as a
 * question mark.
 */
final class FormerIdentity {

    private static final Set<String> CHANGING = Set.of(
            "threatStatus",
            "campaignId",
            "campaignID",
            "classification",
            "threatTime",
            "spamScore",
            "phishScore",
            "malwareScore",
            "impostorScore");

    private FormerIdentity() {}

    /** The former key of an event in {@link LiveSpelling}; null when it is the same as now. */
    static EventKey of(EventType type, Map<String, Object> fields, EventKey now) {
        if (fields.get("id") instanceof String id && !id.isEmpty() && EventIdentity.isWellFormed(id)) {
            // nearly all events
            return null;
        }
        try {
            EventKey former = EventKey.of(EventIdentity.digest(
                    parts(type, fields).stream().map(part -> part.getBytes(StandardCharsets.UTF_8))));
            return former.equals(now) ? null : former;
        } catch (StackOverflowError e) {
            // older programs could not read such deep nesting
            return null;
        }
    }

    private static List<String> parts(EventType type, Map<String, Object> fields) {
        List<String> parts = new ArrayList<>(List.of(type.arrayName()));
        if (!text(fields, "id").isEmpty()) {
            parts.addAll(List.of("id", text(fields, "id")));
        } else if (type.isClick() && !text(fields, "GUID").isEmpty()) {
            parts.addAll(List.of("click", text(fields, "GUID"), time(fields, "clickTime"), text(fields, "url")));
            parts.addAll(recipients(fields));
        } else if (!text(fields, "GUID").isEmpty()) {
            parts.addAll(List.of("message", text(fields, "GUID"), time(fields, "messageTime")));
            parts.addAll(recipients(fields));
        } else {
            new TreeMap<>(fields).forEach((name, value) -> {
                if (!CHANGING.contains(name)
                        && !LiveSpelling.isSecondSpelling(name)
                        && !(value instanceof Map)
                        && !(value instanceof Collection)) {
                    parts.addAll(List.of(name, String.valueOf(value)));
                }
            });
            parts.addAll(recipients(fields));
        }
        return parts;
    }

    private static String text(Map<String, Object> fields, String name) {
        return EventIdentity.text(fields, name);
    }

    private static String time(Map<String, Object> fields, String name) {
        return TapTime.iso(fields.get(name)).map(Object::toString).orElse(text(fields, name));
    }

    private static List<String> recipients(Map<String, Object> fields) {
        Object value = fields.get("recipient");
        Collection<?> all = value instanceof Collection<?> many ? many : value == null ? List.of() : List.of(value);
        return all.stream().map(String::valueOf).sorted().toList();
    }
}

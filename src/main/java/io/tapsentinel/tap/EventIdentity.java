package io.tapsentinel.tap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells which events are the same. The type is part of it, since one message can be delivered first and blocked later;
 * beside it stands {@code id}, or where TAP leaves that out the message's GUID with what makes it one event: a message
 * to four people is four events. The raw record is never used: TAP shuffles its parts from one answer to the next.
 */
public final class EventIdentity {

    /** Left out where nothing but the content is left to tell events apart, since they change after the first report. */
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

    private EventIdentity() {}

    /** Identity of an event in live spelling. */
    public static EventKey of(EventType type, Map<String, Object> fields) {
        return of(type.arrayName(), fields);
    }

    /**
     * Identity of an event in live spelling, of a known type or of one that may become known: it must be the same then.
     *
     * @param arrayName name of the array that it stands in in TAP's answer
     */
    public static EventKey of(String arrayName, Map<String, Object> fields) {
        List<String> parts = new ArrayList<>();
        parts.add(arrayName);
        if (!text(fields, "id").isEmpty()) {
            parts.add("id");
            parts.add(text(fields, "id"));
        } else if (arrayName.startsWith("clicks") && !text(fields, "GUID").isEmpty()) {
            parts.addAll(List.of("click", text(fields, "GUID"), time(fields, "clickTime"), text(fields, "url")));
            parts.addAll(recipients(fields));
        } else if (!text(fields, "GUID").isEmpty()) {
            parts.addAll(List.of("message", text(fields, "GUID"), time(fields, "messageTime")));
            parts.addAll(recipients(fields));
        } else {
            // never seen, but a collision would lose an event: every simple field that does not change
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
        return EventKey.of(digest(parts));
    }

    /** SHA-256 over the parts, each behind its length, so that no two lists of parts give the same bytes. */
    static byte[] digest(Collection<String> parts) {
        MessageDigest sha = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha.update(bytes);
        }
        return sha.digest();
    }

    /** A field as text; empty when there is none. */
    public static String text(Map<?, ?> fields, String name) {
        Object value = fields.get(name);
        return value == null ? "" : value.toString();
    }

    private static String time(Map<String, Object> fields, String name) {
        // not parse: the store holds keys with the text of every time that older versions could not read
        return TapTime.iso(fields.get(name)).map(Object::toString).orElse(text(fields, name));
    }

    private static List<String> recipients(Map<String, Object> fields) {
        Object value = fields.get("recipient");
        Collection<?> all = value instanceof Collection<?> many ? many : value == null ? List.of() : List.of(value);
        return all.stream().map(String::valueOf).sorted().toList();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}

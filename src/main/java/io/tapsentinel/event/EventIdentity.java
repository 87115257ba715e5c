package io.tapsentinel.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Computes the identity of an event. It contains the type, since a message can be delivered first and blocked later, and TAP's {@code id}.
 * Without an {@code id} it contains the GUID and the fields that make the event unique: a message to four people is four events, and so is
 * a click on a link with four threats. Without a GUID it is all content that does not change later. The raw record is never used, since
 * TAP shuffles its parts from one answer to the next.
 */
public final class EventIdentity {

    /** Lists in TAP's answers, single addresses in older documents. */
    private static final Set<String> ADDRESSES =
            Set.of("recipient", "fromAddress", "replyToAddress", "ccAddresses", "toAddresses");

    private EventIdentity() {}

    /** Identity of an event in {@link LiveSpelling}. */
    public static EventKey of(EventType type, Map<String, Object> fields) {
        return of(type.arrayName(), fields);
    }

    /**
     * Identity of an event of any type. It does not change when an unknown type becomes known.
     *
     * @param arrayName name of the event's array in TAP's answer
     */
    public static EventKey of(String arrayName, Map<String, Object> fields) {
        List<Object> parts = new ArrayList<>();
        parts.add(arrayName);
        if (isThere(fields, "id")) {
            parts.addAll(List.of("id", fields.get("id")));
        } else if (!isThere(fields, "GUID")) {
            parts.addAll(List.of("content", content(fields)));
        } else if (arrayName.startsWith("clicks")) {
            parts.addAll(List.of("click on a threat", fields.get("GUID"), time(fields, "clickTime")));
            parts.addAll(List.of(value(fields, "url"), value(fields, "threatID")));
            parts.addAll(recipients(fields));
        } else {
            parts.addAll(List.of("message", fields.get("GUID"), time(fields, "messageTime")));
            parts.addAll(recipients(fields));
        }
        return EventKey.of(digest(parts.stream().map(EventIdentity::bytes)));
    }

    /**
     * Eight bytes of a digest of the GUID, to detect two messages with one {@code id}. 0 when the event has no {@code id} or no GUID.
     */
    static long guidDigest(Map<String, Object> fields) {
        if (!isThere(fields, "id") || !isThere(fields, "GUID")) {
            return 0;
        }
        long digest =
                ByteBuffer.wrap(sha256().digest(bytes(fields.get("GUID")))).getLong();
        return digest == 0 ? 1 : digest;
    }

    /** SHA-256 over the parts, each prefixed by its length so that the concatenation is unambiguous. */
    public static byte[] digest(Stream<byte[]> parts) {
        MessageDigest sha = sha256();
        parts.forEach(bytes -> {
            sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha.update(bytes);
        });
        return sha.digest();
    }

    /**
     * The bytes of one value that are digested. Text is UTF-8; an unpaired surrogate becomes three bytes that valid UTF-8 never contains, so
     * different texts stay different. A number is its original text. A {@link RawField} begins with a byte that neither contains.
     */
    public static byte[] bytes(Object value) {
        if (value instanceof RawField raw) {
            return raw.bytes();
        }
        if (isNested(value)) {
            return ContentDigest.of(value);
        }
        String text = value.toString();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (isWellFormed(text)) {
            return utf8;
        }
        // Java's encoder would replace an unpaired surrogate by ?
        ByteBuffer bytes = ByteBuffer.allocate(3 * text.length());
        text.codePoints().forEach(point -> {
            if (isSurrogate(point)) {
                bytes.put((byte) 0xED).put((byte) (0x80 | point >> 6 & 0x3F)).put((byte) (0x80 | point & 0x3F));
            } else {
                bytes.put(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    static boolean isNested(Object value) {
        return value instanceof Map || value instanceof Collection;
    }

    /** Whether the text has no unpaired surrogate. */
    static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(EventIdentity::isSurrogate);
    }

    private static boolean isSurrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    /** A field as text; empty when absent. */
    public static String text(Map<?, ?> fields, String name) {
        Object value = fields.get(name);
        return value == null ? "" : value.toString();
    }

    public static boolean isThere(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        return value != null && !(value instanceof String text && text.isEmpty());
    }

    private static Object value(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        return value == null ? "" : value;
    }

    private static Object time(Map<String, Object> fields, String name) {
        return TapTime.parse(fields.get(name)).map(time -> (Object) time).orElseGet(() -> value(fields, name));
    }

    private static List<Object> recipients(Map<String, Object> fields) {
        Object value = fields.get("recipient");
        Collection<?> all = value instanceof Collection<?> many ? many : value == null ? List.of() : List.of(value);
        return all.stream()
                .map(one ->
                        one == null ? "null" : isNested(one) ? HexFormat.of().formatHex(bytes(one)) : one)
                .sorted(Comparator.comparing(Object::toString))
                .toList();
    }

    /** All fields; of threats only the ids, since TAP adds details to a threat later. */
    private static Map<String, Object> content(Map<String, Object> fields) {
        Map<String, Object> content = new HashMap<>();
        fields.forEach((name, value) -> {
            if (!LiveSpelling.isSecondSpelling(name)) {
                content.put(
                        name,
                        switch (name) {
                            case "clickTime", "messageTime" -> time(fields, name);
                            case "threatsInfoMap" -> threats(value);
                            default ->
                                ADDRESSES.contains(name) && value != null && !(value instanceof Collection)
                                        ? List.of(value)
                                        : value;
                        });
            }
        });
        return content;
    }

    private static Object threats(Object value) {
        if (!(value instanceof Collection<?> threats)) {
            return value;
        }
        List<Object> ids = new ArrayList<>();
        threats.forEach(threat -> ids.add(threat instanceof Map<?, ?> map ? map.get("threatID") : threat));
        return ids;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}

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
 * Tells which events are the same. The type is part of it, since one message can be delivered first and blocked later;
 * beside it stands {@code id}, or where TAP leaves that out the message's GUID with what makes it one event: a message
 * to four people is four events, and so is a click on a link with four threats. Without a GUID it is all content that
 * does not change later. The raw record is never used: TAP shuffles its parts from one answer to the next.
 */
public final class EventIdentity {

    /** TAP writes a list, older documents one address. */
    private static final Set<String> ADDRESSES =
            Set.of("recipient", "fromAddress", "replyToAddress", "ccAddresses", "toAddresses");

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
     * Eight bytes of a digest of the GUID of an event with an {@code id}, which tell whether two messages have one id; 0 when the
     * event has no GUID, or has it in its identity.
     */
    static long guidDigest(Map<String, Object> fields) {
        if (!isThere(fields, "id") || !isThere(fields, "GUID")) {
            return 0;
        }
        long digest =
                ByteBuffer.wrap(sha256().digest(bytes(fields.get("GUID")))).getLong();
        return digest == 0 ? 1 : digest;
    }

    /** SHA-256 over the parts, each behind its length, so that no two lists of parts give the same bytes. */
    public static byte[] digest(Stream<byte[]> parts) {
        MessageDigest sha = sha256();
        parts.forEach(bytes -> {
            sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha.update(bytes);
        });
        return sha.digest();
    }

    /**
     * What is digested of one value. Of text it is UTF-8; half a surrogate pair gets three bytes by the same scheme, which UTF-8
     * never contains, so that no two texts give the same bytes. Of a number it is its text as it came. What was read leniently has a
     * first byte that neither contains.
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
        // a half that UTF-8 lacks: its encoder writes one byte, ?
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

    /** Whether the text has no half of a surrogate pair without the other one. */
    static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(EventIdentity::isSurrogate);
    }

    private static boolean isSurrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    /** A field as text; empty when there is none. */
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

    /** The whole event; of threats the ids alone, since TAP adds to what it says of one. */
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

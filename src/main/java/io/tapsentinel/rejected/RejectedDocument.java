package io.tapsentinel.rejected;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.sentinel.batch.RejectedRecord;
import io.tapsentinel.sentinel.batch.RejectedRecord.Subject;
import io.tapsentinel.sentinel.schema.Json;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.tap.answer.UnreadableElement;
import io.tapsentinel.tap.plan.TimeRange;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Format of the documents at {@code tap.rejected.uri}: one JSON object, in a file whose name is the same each time the
 * record is rejected.
 */
public final class RejectedDocument {

    /** Names made by {@link #answerName}. */
    public static final Pattern ANSWER = Pattern.compile("answer-(\\d{8}T\\d{6}Z-\\d{8}T\\d{6}Z)-unreadable\\.json");

    /** Names that this class gives or gave, including those of files still being written. */
    public static final Pattern NAME = Pattern.compile("\\.?([A-Za-z0-9_.-]{0,64}-[0-9a-f]{32}(-[0-9a-f]{16})?-"
            + RejectedRecord.Reason.WORDS + "\\.json|" + ANSWER + ")");

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Keeps digits and exponents of numbers and escapes of unpaired surrogates: the key depends on both. */
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Up to this size an element is also stored as text, up to six bytes a byte. */
    private static final int MOST_TEXT = 1_000_000;

    private static final String KEY_OF = "keyOf";
    private static final String BYTES = "bytes";

    private RejectedDocument() {}

    /** File name of a record; another message of the same id has another name. */
    static String name(RejectedRecord record) {
        Subject of = record.subject();
        String message = of.otherGuid() == 0 ? "" : "-" + HexFormat.of().toHexDigits(of.otherGuid());
        return name(of.type(), of.key() + message, record.reason());
    }

    /** File name of an unreadable answer. */
    public static String answerName(TimeRange window) {
        return "answer-" + SECOND.format(window.from()) + "-" + SECOND.format(window.to()) + "-unreadable.json";
    }

    /** File name of a record rejected for this reason. */
    public static String name(String type, String key, RejectedRecord.Reason reason) {
        return type + "-" + key + "-" + reason.word() + ".json";
    }

    /** The document in ASCII. */
    public static byte[] bytes(RejectedRecord record) {
        ObjectNode document = MAPPER.createObjectNode();
        document.put("reason", record.reason().word());
        UploadException refusal = record.refusal();
        UploadException.Answer answer = refusal == null ? UploadException.Answer.NONE : refusal.answer();
        document.put("status", refusal == null || refusal.status() == 0 ? null : (Integer) refusal.status());
        document.put("code", answer.code());
        document.put("text", answer.text());
        document.put("requestId", answer.requestId());
        document.put("time", record.time().toString());
        document.put("type", record.subject().type());
        document.put("table", record.subject().table());
        document.put("key", record.subject().key().toString());
        if (record.subject().keyedByBytes()) {
            document.put(KEY_OF, BYTES);
        }
        if (record.element() == null) {
            ObjectNode fields = document.putObject("record");
            record.fields().forEach((name, value) -> put(fields, String.valueOf(name), value));
        } else {
            put(document, record.element());
        }
        try {
            byte[] json = MAPPER.writeValueAsBytes(document);
            byte[] line = Arrays.copyOf(json, json.length + 1);
            line[json.length] = '\n';
            return line;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write a rejected record of "
                    + record.subject().type() + " as JSON: " + e.getClass().getSimpleName());
        }
    }

    /** The bytes are what TAP sent. The text helps to write the repaired event, which replaces null. */
    private static void put(ObjectNode document, UnreadableElement element) {
        document.put("why", element.reason());
        document.put("offset", element.offset());
        document.put("length", element.length());
        document.putNull("record");
        document.put(
                "readAs",
                element.bytes().length > MOST_TEXT ? null : new String(element.bytes(), StandardCharsets.UTF_8));
        document.put("bytes", element.bytes());
    }

    /** A field that is not JSON must not cost the other fields. */
    private static void put(ObjectNode fields, String name, Object value) {
        try {
            fields.set(name, Json.tree(value));
        } catch (RuntimeException | StackOverflowError e) {
            fields.put(name, "(no JSON: " + value.getClass().getName() + ")");
        }
    }

    /** Whether its key cannot be computed from its record. */
    public static boolean isKeyedByBytes(Map<String, Object> document) {
        return BYTES.equals(document.get(KEY_OF));
    }

    /** The fields stored by {@link #bytes}; null if there are none. */
    @SuppressWarnings("unchecked") // names in a JSON object are strings
    public static Map<String, Object> record(Map<String, Object> document) {
        return document.get("record") instanceof Map<?, ?> record ? (Map<String, Object>) record : null;
    }
}

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

/** The form of a rejected record at {@code tap.rejected.uri}: one JSON object, and a name that the same record has again. */
public final class RejectedDocument {

    /** What {@link #answerName} gives. */
    public static final Pattern ANSWER = Pattern.compile("answer-(\\d{8}T\\d{6}Z-\\d{8}T\\d{6}Z)-unreadable\\.json");

    /** The names that this class gives, or gave to a type without a name, also of a file that is still being written. */
    public static final Pattern NAME = Pattern.compile("\\.?([A-Za-z0-9_.-]{0,64}-[0-9a-f]{32}(-[0-9a-f]{16})?-"
            + RejectedRecord.Reason.WORDS + "\\.json|" + ANSWER + ")");

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Numbers keep their digits and their exponent, half a surrogate pair its escape: the identity hangs on both. */
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Bytes of an element whose text a document has beside them; each may become six. */
    private static final int MOST_TEXT = 1_000_000;

    private static final String KEY_OF = "keyOf";
    private static final String BYTES = "bytes";

    private RejectedDocument() {}

    /** Name of the record's file; another message of the same id has its own. */
    static String name(RejectedRecord record) {
        Subject of = record.subject();
        String message = of.otherGuid() == 0 ? "" : "-" + HexFormat.of().toHexDigits(of.otherGuid());
        return name(of.type(), of.key() + message, record.reason());
    }

    /** Name of the file of an answer that cannot be read, as TAP sent it. */
    public static String answerName(TimeRange window) {
        return "answer-" + SECOND.format(window.from()) + "-" + SECOND.format(window.to()) + "-unreadable.json";
    }

    /** Name of the file of what was rejected for this reason. */
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

    /** The bytes say what TAP sent; the text is for a person, who writes the repaired event in place of null. */
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

    /** Whatever a route put into a field, the others must not be lost over it. */
    private static void put(ObjectNode fields, String name, Object value) {
        try {
            fields.set(name, Json.tree(value));
        } catch (RuntimeException | StackOverflowError e) {
            fields.put(name, "(no JSON: " + value.getClass().getName() + ")");
        }
    }

    /** Whether its key cannot be found from its record. */
    public static boolean isKeyedByBytes(Map<String, Object> document) {
        return BYTES.equals(document.get(KEY_OF));
    }

    /** What {@link #bytes} made of the fields. */
    @SuppressWarnings("unchecked") // an object's names are text
    public static Map<String, Object> record(Map<String, Object> document) {
        return document.get("record") instanceof Map<?, ?> record ? (Map<String, Object>) record : null;
    }
}

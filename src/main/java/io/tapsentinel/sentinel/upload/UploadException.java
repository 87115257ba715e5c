package io.tapsentinel.sentinel.upload;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tapsentinel.config.OwnSecrets;
import io.tapsentinel.event.EventType;
import io.tapsentinel.net.Backoff;
import io.tapsentinel.net.Redactor;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sentinel did not acknowledge a batch. The message has status, code, text and request id where known, and no content
 * of records.
 */
public class UploadException extends Exception {

    /** Parts of Sentinel's answer; each may be null. */
    public record Answer(String code, String text, String requestId, Duration retryAfter) {
        /** No answer, or one without an error document. */
        public static final Answer NONE = new Answer(null, null, null, null);
    }

    private static final HttpHeaderName ERROR_CODE = HttpHeaderName.fromString("x-ms-error-code");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Maximum number of characters of an error document that are parsed. */
    private static final int LONGEST = 64_000;

    private static final Pattern WORD = Pattern.compile("[\\w.:-]{1,80}");

    private static final Set<String> NAMES = Arrays.stream(EventType.values())
            .map(type -> TableSchema.of(type.table()))
            .flatMap(schema ->
                    Stream.concat(Stream.of(schema.table(), schema.stream()), schema.columns().keySet().stream()))
            .collect(Collectors.toSet());

    /** Earlier versions wrote "refused: 403" to the store. */
    private static final Pattern SHOWN = Pattern.compile("(?:refused:|answered) (\\d{3})\\b");

    private final int status;
    private final transient Answer answer;
    private final boolean sent;

    /** @param status the HTTP status, 0 if there was no answer */
    public UploadException(int status, String message) {
        this(status, message, Answer.NONE);
    }

    /** @param status the HTTP status, 0 if there was no answer */
    public UploadException(int status, String message, Answer answer) {
        this(status, message, answer, true);
    }

    private UploadException(int status, String message, Answer answer, boolean sent) {
        super(message);
        this.status = status;
        this.answer = answer;
        this.sent = sent;
    }

    /** A request that was not sent, since no connection was made. */
    public static UploadException neverSent(String message) {
        return new UploadException(0, message, Answer.NONE, false);
    }

    /**
     * Describes an answer other than an acknowledgement. @param sent the refused body; the message must not repeat its
     * content
     */
    static UploadException of(HttpResponse response, byte[] sent) {
        int status = response.getStatusCode();
        Answer answer = answer(response, sent);
        if (status < 300) {
            return new UploadException(
                    status,
                    "Sentinel answered " + status
                            + " where only 204 means accepted; is sentinel.endpoint a logs ingestion endpoint?",
                    answer);
        }
        return new UploadException(
                status,
                "Sentinel answered " + status
                        + (answer.code() == null ? "" : " " + answer.code())
                        + (answer.text() == null ? "" : ": " + answer.text())
                        + (answer.requestId() == null ? "" : " (request id " + answer.requestId() + ")"),
                answer);
    }

    private static Answer answer(HttpResponse response, byte[] sent) {
        JsonNode error = error(response);
        String records = new String(sent, StandardCharsets.UTF_8);
        String text = Redactor.words(error.path("message").asText(), records, NAMES);
        String code = Objects.requireNonNullElse(
                response.getHeaderValue(ERROR_CODE), error.path("code").asText());
        return new Answer(
                word(code, records),
                text.isEmpty() ? null : text,
                word(response.getHeaderValue(HttpHeaderName.X_MS_REQUEST_ID), records),
                Backoff.parseRetryAfter(response.getHeaderValue(HttpHeaderName.RETRY_AFTER), Instant.now()));
    }

    /** A code or identifier of one word; null if it is anything else, or occurs in the sent body. */
    private static String word(String text, String sent) {
        return text != null && WORD.matcher(text).matches() && !sent.contains(text) ? OwnSecrets.mask(text) : null;
    }

    private static JsonNode error(HttpResponse response) {
        try {
            String text = response.getBodyAsString().block();
            return JSON.readTree(text.substring(0, Math.min(text.length(), LONGEST)))
                    .path("error");
        } catch (JsonProcessingException | RuntimeException noErrorDocument) {
            // a proxy's error page: only its status is known
            return MissingNode.getInstance();
        }
    }

    /** The status in a message of {@link #of}; 0 if it has none. */
    public static int statusIn(String message) {
        Matcher found = SHOWN.matcher(message);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    /** The HTTP status, 0 if there was no answer. */
    public int status() {
        return status;
    }

    /** Whether the service may have received the request. */
    public boolean sent() {
        return sent;
    }

    /** The parts of Sentinel's answer. */
    public Answer answer() {
        return answer;
    }
}

package io.tapsentinel.sentinel.upload;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.Objects;

/** Reads an answer that is no acknowledgement. */
final class ErrorAnswer {

    private static final HttpHeaderName ERROR_CODE = HttpHeaderName.fromString("x-ms-error-code");
    private static final ObjectMapper JSON = new ObjectMapper();

    private ErrorAnswer() {
    }

    static UploadException of(String stream, HttpResponse response) {
        int status = response.getStatusCode();
        UploadException.Answer answer = answer(response);
        if (status < 300) {
            return new UploadException(status, "upload to " + stream + " answered " + status
                    + " where only 204 means accepted; is sentinel.endpoint an ingestion endpoint?", answer);
        }
        return new UploadException(status, "upload to " + stream + " refused: " + status
                + (answer.code() == null ? "" : " " + answer.code()) + (answer.text() == null ? "" : ": " + answer.text())
                + (answer.requestId() == null ? "" : " (request " + answer.requestId() + ")"), answer);
    }

    private static UploadException.Answer answer(HttpResponse response) {
        JsonNode error = error(response);
        String code = Objects.requireNonNullElse(response.getHeaderValue(ERROR_CODE), error.path("code").asText());
        return new UploadException.Answer(lineOrNull(Quoting.without(code)), lineOrNull(Quoting.without(error.path("message").asText())),
                lineOrNull(response.getHeaderValue(HttpHeaderName.X_MS_REQUEST_ID)),
                RetryAfter.parse(response.getHeaderValue(HttpHeaderName.RETRY_AFTER), Instant.now()));
    }

    private static String lineOrNull(String text) {
        return text == null || text.isBlank() ? null : Failure.line(text);
    }

    private static JsonNode error(HttpResponse response) {
        try {
            return JSON.readTree(response.getBodyAsString().block()).path("error");
        } catch (JsonProcessingException | RuntimeException noErrorDocument) {
            // a proxy's page: its status has to do
            return MissingNode.getInstance();
        }
    }
}

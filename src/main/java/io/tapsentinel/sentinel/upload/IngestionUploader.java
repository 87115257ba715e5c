package io.tapsentinel.sentinel.upload;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.rest.RequestOptions;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.monitor.ingestion.LogsIngestionClient;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Objects;

/** Uploads by Azure's Logs Ingestion API: one call, one request, one acknowledgement. */
public final class IngestionUploader implements Uploader {

    private static final int LONGEST_TEXT = 300;
    private static final HttpHeaderName ERROR_CODE = HttpHeaderName.fromString("x-ms-error-code");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LogsIngestionClient client;
    private final String ruleId;

    /**
     * @param client a client that does not retry by itself
     * @param ruleId immutable id of the data collection rule
     */
    public IngestionUploader(LogsIngestionClient client, String ruleId) {
        this.client = client;
        this.ruleId = ruleId;
    }

    @Override
    public void upload(String stream, byte[] body) throws UploadException {
        // the client compresses with its own level unless the encoding is set
        RequestOptions options = new RequestOptions().setHeader(HttpHeaderName.CONTENT_ENCODING, "gzip").setContext(Context.NONE);
        try {
            client.uploadWithResponse(ruleId, stream, BinaryData.fromBytes(Gzip.compress(body)), options);
        } catch (HttpResponseException e) {
            throw refused(stream, e.getResponse());
        } catch (RuntimeException e) {
            // the client has taken the mark off; without it a stop would wait for the next try
            if (e.getCause() instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new UploadException(0, "upload to " + stream + " got no answer: " + cause(e));
        }
    }

    private static UploadException refused(String stream, HttpResponse response) {
        if (response.getStatusCode() < 300) {
            return new UploadException(response.getStatusCode(), "upload to " + stream + " answered " + response.getStatusCode()
                    + " where only 204 means accepted; is sentinel.endpoint an ingestion endpoint?");
        }
        JsonNode error = error(response);
        String code = Objects.requireNonNullElse(response.getHeaderValue(ERROR_CODE), error.path("code").asText());
        String text = line(error.path("message").asText());
        String request = response.getHeaderValue(HttpHeaderName.X_MS_REQUEST_ID);
        return new UploadException(response.getStatusCode(), "upload to " + stream + " refused: " + response.getStatusCode()
                + (code.isEmpty() ? "" : " " + code) + (text.isEmpty() ? "" : ": " + text)
                + (request == null ? "" : " (request " + request + ")"));
    }

    private static String line(String text) {
        return text.substring(0, Math.min(text.length(), LONGEST_TEXT)).replaceAll("\\s+", " ");
    }

    private static JsonNode error(HttpResponse response) {
        try {
            return JSON.readTree(response.getBodyAsString().block()).path("error");
        } catch (JsonProcessingException | RuntimeException noErrorDocument) {
            // a proxy's page: its status has to do
            return MissingNode.getInstance();
        }
    }

    private static String cause(Throwable e) {
        Throwable root = e;
        while (!(root instanceof IOException) && root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + line(String.valueOf(root.getMessage()));
    }
}

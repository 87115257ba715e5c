package io.tapsentinel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.testing.Gzip;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** A running SandboxIngestion with a client. */
final class IngestionFixture implements AutoCloseable {

    static final String CLICKS = "ProofPointTAPClicksBlockedV2_CL";
    static final String MESSAGES = "ProofPointTAPMessagesBlockedV2_CL";
    static final String TIME = "\"TimeGenerated\":\"2026-11-20T12:00:00.000Z\"";

    final SandboxIngestion ingestion;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    IngestionFixture(RowSink sink) throws IOException {
        ingestion = new SandboxIngestion(sink).start();
    }

    static String path(String table) {
        return "/dataCollectionRules/" + SandboxIngestion.RULE_ID + "/streams/Custom-" + table
                + "?api-version=2023-01-01";
    }

    /** A valid request. */
    HttpRequest.Builder request(String path, byte[] body) {
        return HttpRequest.newBuilder(URI.create(ingestion.uri() + path))
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(body));
    }

    HttpResponse<String> post(String table, String body) throws IOException, InterruptedException {
        return send(request(path(table), Gzip.of(body)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    /** Returns {@code status code message} of an error and checks its headers. */
    static String error(HttpResponse<String> response) throws IOException {
        JsonNode error = TapFixture.MAPPER.readTree(response.body()).get("error");
        String code = error.get("code").asText();
        if (!code.equals(response.headers().firstValue("x-ms-error-code").orElse(null))
                || response.headers().firstValue("x-ms-request-id").isEmpty()) {
            throw new AssertionError("Header x-ms-error-code or x-ms-request-id is wrong or missing");
        }
        return response.statusCode() + " " + code + " " + error.get("message").asText();
    }

    @Override
    public void close() {
        ingestion.close();
    }
}

package io.tapsentinel.sandbox;

import static io.tapsentinel.sandbox.IngestionFixture.CLICKS;
import static io.tapsentinel.sandbox.IngestionFixture.MESSAGES;
import static io.tapsentinel.sandbox.IngestionFixture.TIME;
import static io.tapsentinel.sandbox.IngestionFixture.error;
import static io.tapsentinel.sandbox.IngestionFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.Gzip;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxIngestionTest {

    private final List<String> stored = Collections.synchronizedList(new ArrayList<>());
    private boolean broken;

    @AutoClose
    private IngestionFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new IngestionFixture((table, rows) -> {
            if (broken) {
                throw new IOException("the disk is full of zqx");
            }
            rows.forEach(row -> stored.add(table + " " + new String(row, StandardCharsets.UTF_8)));
        });
    }

    @Test
    void validRowsAreStoredAndAnsweredWith204() throws Exception {
        HttpResponse<String> response =
                fixture.post(CLICKS, "[{" + TIME + ",\"url\":\"a\"},\n {\n" + TIME + ",\r\n\"url\":\"b\\n\"}]");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("x-ms-request-id")).isPresent();
        assertThat(stored)
                .containsExactly(
                        CLICKS + " {" + TIME + ",\"url\":\"a\"}", CLICKS + " { " + TIME + ",  \"url\":\"b\\n\"}");
        assertThat(fixture.ingestion.landed(EventType.CLICKS_BLOCKED)).isEqualTo(2);
        assertThat(fixture.ingestion.landed(EventType.CLICKS_PERMITTED)).isZero();
    }

    @Test
    void emptyArrayIsAccepted() throws Exception {
        assertThat(fixture.post(CLICKS, "[]").statusCode()).isEqualTo(204);
        assertThat(stored).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/dataCollectionRules/dcr-1/streams",
                "/dataCollectionRules/dcr-1/streams/Custom-X/y?api-version=2023-01-01",
                "/dataCollectionRules/dcr-1/streams/Custom-ProofPointTAPClicksBlockedV2_CL?api-version=2023-01-01"
            })
    void otherPathsAndOtherRulesAreNotFound(String path) throws Exception {
        assertThat(error(fixture.send(fixture.request(path, Gzip.of("[]"))))).startsWith("404 NotFound");
    }

    @Test
    void unknownStreamIsRefused() throws Exception {
        assertThat(error(fixture.send(fixture.request(path(CLICKS).replace("Custom-", ""), Gzip.of("[]")))))
                .startsWith("400 InvalidStream");
        assertThat(error(fixture.post("Other_CL", "[]"))).startsWith("400 InvalidStream");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "?api-version=2021-11-01", "?api-version=2023-01-01&x=y"})
    void otherApiVersionIsRefused(String query) throws Exception {
        assertThat(error(fixture.send(fixture.request(path(CLICKS).replaceAll("\\?.*", "") + query, Gzip.of("[]")))))
                .startsWith("400 InvalidApiVersion");
    }

    @Test
    void methodAndHeadersAreChecked() throws Exception {
        byte[] body = Gzip.of("[]");
        assertThat(error(fixture.send(fixture.request(path(CLICKS), body).GET())))
                .startsWith("405 MethodNotAllowed");
        assertThat(error(fixture.send(fixture.request(path(CLICKS), body).setHeader("Content-Type", "text/plain"))))
                .startsWith("400 InvalidContentType");
        assertThat(error(fixture.send(fixture.request(path(CLICKS), body).setHeader("Content-Encoding", "deflate"))))
                .startsWith("400 InvalidContentEncoding");
        assertThat(fixture.send(fixture.request(path(CLICKS), body)
                                .setHeader("Content-Type", "application/json; charset=utf-8"))
                        .statusCode())
                .isEqualTo(204);
        assertThat(error(fixture.send(fixture.request(path(CLICKS), "[]".getBytes(StandardCharsets.UTF_8)))))
                .startsWith("400 InvalidGzip");
        assertThat(error(fixture.send(fixture.request(path(CLICKS), Arrays.copyOf(body, body.length - 4)))))
                .startsWith("400 InvalidGzip");
    }

    @Test
    void sizeIsLimitedCompressedAndUncompressed() throws Exception {
        String row = "[{" + TIME + "}";
        String atLimit = row + " ".repeat(1_048_576 - row.length() - 1) + "]";
        assertThat(fixture.post(CLICKS, atLimit).statusCode()).isEqualTo(204);
        assertThat(error(fixture.post(CLICKS, atLimit + " ")))
                .startsWith("413 ContentLengthLimitExceeded The uncompressed");
        byte[] noise = new byte[3_000_000];
        new Random(1).nextBytes(noise);
        assertThat(error(fixture.send(fixture.request(path(CLICKS), noise))))
                .startsWith("413 ContentLengthLimitExceeded The compressed");
        assertThat(stored).hasSize(1);
    }

    @Test
    void oneWrongRowRefusesTheWholeRequest() throws Exception {
        String answer = error(fixture.post(MESSAGES, "[{" + TIME + "},{" + TIME + ",\"subject\":5},{" + TIME + "}]"));
        assertThat(answer).isEqualTo("400 InvalidContent Row 1: column 'subject' is not of type string");
        assertThat(stored).isEmpty();
        assertThat(fixture.ingestion.landed(EventType.MESSAGES_BLOCKED)).isZero();
        assertThat(fixture.ingestion.refused()).isEqualTo(1);
    }

    @Test
    void failedWriteIsAnsweredWith500() throws Exception {
        broken = true;
        assertThat(error(fixture.post(CLICKS, "[{" + TIME + "}]")))
                .startsWith("500 InternalServerError")
                .doesNotContain("zqx");
        assertThat(fixture.ingestion.landed(EventType.CLICKS_BLOCKED)).isZero();
        broken = false;
        assertThat(fixture.post(CLICKS, "[{" + TIME + "}]").statusCode()).isEqualTo(204);
        assertThat(fixture.ingestion.landed(EventType.CLICKS_BLOCKED)).isEqualTo(1);
    }

    @Test
    void parallelRequestsAreAllStored() {
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 60)
                .mapToObj(number -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return fixture.post(CLICKS, "[{" + TIME + ",\"id\":\"" + number + "\"}]")
                                .statusCode();
                    } catch (IOException | InterruptedException failed) {
                        throw new IllegalStateException(failed);
                    }
                }))
                .toList();
        assertThat(answers).extracting(CompletableFuture::join).containsOnly(204);
        assertThat(stored).hasSize(60).doesNotHaveDuplicates();
        assertThat(fixture.ingestion.requests()).isEqualTo(60);
    }
}

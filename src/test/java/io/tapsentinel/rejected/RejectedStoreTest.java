package io.tapsentinel.rejected;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.sentinel.batch.RejectedRecord;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Foreign;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.converter.stream.InputStreamCache;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storing records at the endpoint of tap.rejected.uri. */
class RejectedStoreTest {

    private static final String NAME = "messagesBlocked-00000000000000010000000000000002-refused.json";
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    @TempDir
    Path folder;

    @TempDir
    Path spool;

    private final CamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void recordIsStoredAsOnePrivateDocument() throws Exception {
        store("file:" + folder.resolve("made/rejected"), 1_000_000).store(record(Map.of("subject", "x")));

        Path file = folder.resolve("made/rejected").resolve(NAME);
        assertThat(StateFolder.json(file).toString())
                .isEqualTo("{reason=refused, status=400, code=InvalidRecord, text=no such column,"
                        + " requestId=r-1, time=2026-11-20T12:00:00Z, type=messagesBlocked, table=T_CL,"
                        + " key=00000000000000010000000000000002, record={subject=x}}");
        assertThat(StateFolder.permissions(file)).isEqualTo("rw-------");
        assertThat(StateFolder.permissions(file.getParent())).isEqualTo("rwx------");
        assertThat(StateFolder.permissions(file.getParent().getParent())).isEqualTo("rwx------");
    }

    @Test
    void sameRecordReplacesItsDocument() throws Exception {
        RejectedStore store = store("file:" + folder, 1_000_000);
        store.store(record(Map.of("subject", "x")));
        store.store(record(Map.of("subject", "y")));

        assertThat(names()).containsExactly(NAME);
        assertThat(StateFolder.json(folder.resolve(NAME)).get("record")).hasToString("{subject=y}");
    }

    @Test
    void optionsInTheUriTakePrecedence() throws Exception {
        store("file://" + folder + "?chmod=640&fileExist=Append", 1_000_000).store(record(Map.of()));
        assertThat(StateFolder.permissions(folder.resolve(NAME))).isEqualTo("rw-r-----");
    }

    @Test
    void everyValueIsStoredAndNumbersKeepTheirDigits() throws Exception {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("exact", new BigDecimal("0.1000000000000000000000000000000001"));
        fields.put("huge", new BigDecimal("1.50E+100000"));
        fields.put("time", Instant.parse("2026-11-20T12:00:00Z"));
        fields.put("odd", new Object());
        fields.put("nothing", null);
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        fields.put("itself", itself);
        store("file:" + folder, 1_000_000).store(record(fields));

        Map<?, ?> written = (Map<?, ?>)
                JSON.readValue(folder.resolve(NAME).toFile(), Map.class).get("record");
        assertThat(written.get("exact")).isEqualTo(fields.get("exact"));
        assertThat(written.get("huge")).isEqualTo(fields.get("huge"));
        assertThat(written.get("time")).isEqualTo("2026-11-20T12:00:00Z");
        assertThat(new HashSet<Object>(written.keySet())).isEqualTo(fields.keySet());
    }

    @Test
    void fullFolderRefusesRecordsAndSaysWhatToDo() throws Exception {
        RejectedStore store = store("file:" + folder, 10_000);
        // even a small file takes a whole block
        Files.write(folder.resolve("one"), new byte[1]);
        Files.write(folder.resolve("other"), new byte[1]);

        assertThatThrownBy(() -> store.store(record(Map.of("subject", StateFolder.MARKER.repeat(10)))))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("tap.rejected.max-megabytes")
                .hasMessageContaining("replay")
                .hasMessageNotContaining(StateFolder.MARKER);
        assertThat(names()).containsExactlyInAnyOrder("one", "other");

        Files.delete(folder.resolve("other"));
        store.store(record(Map.of()));
        assertThat(names()).containsExactlyInAnyOrder("one", NAME);
    }

    @Test
    void otherEndpointGetsDocumentAndName() throws Exception {
        List<String> got = new ArrayList<>();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:bucket")
                        .process(exchange -> got.add(exchange.getMessage().getHeader(Exchange.FILE_NAME) + " "
                                + exchange.getMessage().getBody(String.class)));
            }
        });
        store("direct:bucket", 1).store(record(Map.of("subject", "x")));
        assertThat(got)
                .singleElement()
                .asString()
                .startsWith(NAME + " {\"reason\":\"refused\"")
                .contains("\"record\":{\"subject\":\"x\"}");
    }

    @Test
    void endpointFailureIsReportedWithoutItsText() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:broken").errorHandler(noErrorHandler()).process(exchange -> {
                    throw Foreign.of(new IOException(
                            "cannot write " + exchange.getMessage().getBody(String.class)));
                });
            }
        });
        RejectedStore store = store("direct:broken", 1_000_000);

        assertThatThrownBy(() -> store.store(record(Map.of("subject", StateFolder.MARKER))))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("tap.rejected.uri")
                .hasMessageContaining("IOException")
                .hasNoCause()
                .hasMessageNotContaining(StateFolder.MARKER);
    }

    @Test
    void answerIsStoredUnchangedAndSpoolFolderIsEmpty() throws Exception {
        byte[] body = ("{\"messagesBlocked\":[{" + "x".repeat(300_000)).getBytes();
        InputStreamCache answer = new InputStreamCache(body);
        String name = RejectedDocument.answerName(
                new TimeRange(Instant.parse("2026-11-20T12:00:00Z"), Instant.parse("2026-11-20T12:00:30Z")));
        RejectedStore store = store("file:" + folder.resolve("rejected"), 1_000_000);

        store.storeAnswer(name, answer);

        Path file = folder.resolve("rejected/answer-20261120T120000Z-20261120T120030Z-unreadable.json");
        assertThat(file).hasBinaryContent(body);
        assertThat(StateFolder.permissions(file)).isEqualTo("rw-------");
        assertThat(answer.read())
                .as("the answer can be read again from its start")
                .isEqualTo('{');
        assertThat(spool).isEmptyDirectory();
        assertThat(RejectedDocument.NAME.matcher(name).matches()).isTrue();
        assertThatThrownBy(
                        () -> store("file:" + folder.resolve("full"), 299_000).storeAnswer(name, answer))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("tap.rejected.max-megabytes");
        assertThat(spool).isEmptyDirectory();

        store.removeAnswer(name);

        assertThat(file).doesNotExist();
    }

    private RejectedStore store(String uri, long mostBytes) throws Exception {
        context.addRoutes(new RejectedRoute(uri));
        context.start();
        return new RejectedStore(new RejectedSettings(uri, Duration.ofDays(30), mostBytes), spool, () -> context);
    }

    private static RejectedRecord record(Map<String, Object> fields) {
        return new RejectedRecord(
                Reason.REFUSED,
                new RejectedRecord.Subject("messagesBlocked", "T_CL", new EventKey(1, 2), false, 0),
                Instant.parse("2026-11-20T12:00:00Z"),
                new UploadException(
                        400,
                        "upload refused: 400",
                        new UploadException.Answer("InvalidRecord", "no such column", "r-1", null)),
                fields,
                null);
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}

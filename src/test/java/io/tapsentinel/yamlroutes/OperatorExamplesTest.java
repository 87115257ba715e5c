package io.tapsentinel.yamlroutes;

import static io.tapsentinel.event.EventType.CLICKS_BLOCKED;
import static io.tapsentinel.event.EventType.CLICKS_PERMITTED;
import static io.tapsentinel.event.EventType.MESSAGES_BLOCKED;
import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static io.tapsentinel.yamlroutes.RoutesFixture.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.testing.Events;
import io.tapsentinel.yamlroutes.RoutesFixture.Sent;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each example, once enabled, works as described for any event. */
class OperatorExamplesTest {

    private static final String LOOKUP = "before-clicks-permitted";
    private static final String COPY = "before-clicks-blocked";
    private static final String REDACT = "before-messages-delivered";
    private static final String FILTER = "before-messages-blocked";
    private static final List<String> HOSTILE = List.of(
            "x') ${exception}",
            "${body.fields.clear()}",
            "a, 'b', \"c\"",
            "'quoted'",
            "\"quoted\"",
            "line\nbreak\r\n",
            "{{tap.secret}}",
            "#{1+1}",
            "${bean:lookup?method=put(${body}, 'a', 'b', '/etc/passwd')}",
            "../../up",
            "null",
            "",
            " ",
            "\u0000",
            "Ünïcödé ✓");

    @TempDir
    Path folder;

    @AutoClose
    private RoutesFixture routes;

    private int number;

    @BeforeEach
    void open() throws Exception {
        routes = new RoutesFixture(folder);
    }

    @Test
    void allExamplesTogetherAreAccepted() throws Exception {
        List.of(LOOKUP, COPY, REDACT, FILTER).forEach(routes::withExample);

        assertThat(RouteContract.check(routes.files(), EffectiveProperties.load(folder, Map.of())))
                .isEmpty();
        assertThat(Path.of("copies")).as("created by a check").doesNotExist();
    }

    @Test
    void addressIsReplacedByItsEntryIgnoringCase() throws Exception {
        lookup("Alias@Example.com = main@example.com\n");
        routes.withExample(LOOKUP).start();

        send(CLICKS_PERMITTED, Map.of("recipient", "ALIAS@example.com"));
        send(CLICKS_PERMITTED, Map.of("recipient", "nobody@example.com"));
        send(CLICKS_PERMITTED, Map.of());

        assertThat(routes.uploader.sent(stream(CLICKS_PERMITTED), "recipient"))
                .containsExactly("main@example.com", "nobody@example.com", "");
        assertThat(routes.durable()).isEqualTo(3);
    }

    @Test
    void changedLookupFileIsUsedAfterASecond() throws Exception {
        lookup("a@example.com=first@example.com");
        routes.withExample(LOOKUP).start();
        send(CLICKS_PERMITTED, Map.of("recipient", "a@example.com"));

        lookup("a@example.com=second one@example.com");
        send(CLICKS_PERMITTED, Map.of("recipient", "a@example.com"));
        routes.clock.advance(Duration.ofSeconds(1));
        send(CLICKS_PERMITTED, Map.of("recipient", "a@example.com"));

        assertThat(routes.uploader.sent(stream(CLICKS_PERMITTED), "recipient"))
                .containsExactly("first@example.com", "first@example.com", "second one@example.com");
    }

    @Test
    void eventFailsWhileTheLookupFileIsMissing() throws Exception {
        routes.withExample(LOOKUP).start();
        Sent held = routes.send(event(CLICKS_PERMITTED, "1", Map.of("recipient", "a@example.com")));
        assertThat(held.failure())
                .hasMessage("lookup: lookup/main-addresses.properties is missing;"
                        + " events that need it are not sent until this is fixed");
        assertThat(held.outcome()).isEqualTo(Outcome.NONE);
        assertThat(routes.uploader.calls()).isEmpty();
        assertThat(routes.durable()).isZero();

        lookup("a@example.com=main@example.com");
        routes.clock.advance(Duration.ofSeconds(1));

        assertThat(routes.send(event(CLICKS_PERMITTED, "1", Map.of("recipient", "a@example.com")))
                        .outcome())
                .isEqualTo(Outcome.DELIVERED);
        assertThat(routes.uploader.sent(stream(CLICKS_PERMITTED), "recipient")).containsExactly("main@example.com");
    }

    @Test
    void subjectIsRedacted() throws Exception {
        routes.withExample(REDACT).start();

        send(MESSAGES_DELIVERED, Map.of("subject", "hush", "sender", "a@example.com"));
        send(MESSAGES_BLOCKED, Map.of("subject", "of another type"));

        assertThat(routes.uploader.sent(stream(MESSAGES_DELIVERED), "subject")).containsExactly("redacted");
        assertThat(routes.uploader.sent(stream(MESSAGES_DELIVERED), "sender")).containsExactly("a@example.com");
        assertThat(routes.uploader.sent(stream(MESSAGES_BLOCKED), "subject")).containsExactly("of another type");
    }

    @Test
    void onlySpamIsFiltered() throws Exception {
        routes.withExample(FILTER).start();

        for (Object threats :
                List.of(List.of(Map.of("classification", "spam")), List.of(Map.of("classification", "SPAM")))) {
            Sent spam = routes.send(event(MESSAGES_BLOCKED, "spam-" + number++, Map.of("threatsInfoMap", threats)));
            assertThat(spam.outcome()).isEqualTo(Outcome.FILTERED);
            assertThat(spam.event().getFilteredBy()).isEqualTo(FILTER);
        }
        Map<String, Object> unclassified = new HashMap<>();
        unclassified.put("classification", null);
        for (Object threats : Arrays.asList(
                null,
                List.of(),
                List.of(Map.of()),
                List.of(unclassified),
                Arrays.asList((Object) null),
                "spam",
                7,
                Map.of("classification", "spam"),
                List.of("spam"),
                List.of(Map.of("classification", "phish")))) {
            Map<String, Object> fields = new HashMap<>();
            fields.put("threatsInfoMap", threats);
            send(MESSAGES_BLOCKED, fields);
        }
        send(MESSAGES_BLOCKED, Map.of());
        assertThat(routes.durable(MESSAGES_BLOCKED))
                .as("all but the filtered ones")
                .isEqualTo(11);
    }

    @Test
    void copyIsJsonReadableByTheOwnerOnly() throws Exception {
        copy().start();

        TapEvent event = event(CLICKS_BLOCKED, "1", Map.of("url", "https://example.com/?a=1&b='2'"));
        Sent sent = routes.send(event);
        assertThat(sent.outcome()).isEqualTo(Outcome.DELIVERED);

        Path file = copies().resolve(event.getKey() + ".json");
        assertThat((Object) new ObjectMapper().readValue(file.toFile(), Map.class))
                .isEqualTo(event.getFields());
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(copies())).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "url"))
                .containsExactly("https://example.com/?a=1&b='2'");
    }

    @Test
    void copyIsWrittenForADuplicateToo() throws Exception {
        copy().start();
        TapEvent event = event(CLICKS_BLOCKED, "1", Map.of());
        assertThat(routes.send(event).outcome()).isEqualTo(Outcome.DELIVERED);
        Files.delete(copies().resolve(event.getKey() + ".json"));

        assertThat(routes.send(event(CLICKS_BLOCKED, "1", Map.of())).outcome()).isEqualTo(Outcome.DUPLICATE);

        assertThat(copies().resolve(event.getKey() + ".json")).exists();
    }

    @Test
    void copyInsideIdempotentConsumerIsWrittenOnce() throws Exception {
        copyInsideIdempotentConsumer().start();
        TapEvent event = event(CLICKS_BLOCKED, "1", Map.of());
        assertThat(routes.send(event).outcome()).isEqualTo(Outcome.DELIVERED);
        Files.delete(copies().resolve(event.getKey() + ".json"));

        assertThat(routes.send(event(CLICKS_BLOCKED, "1", Map.of())).outcome()).isEqualTo(Outcome.DUPLICATE);

        assertThat(copies()).isEmptyDirectory();
    }

    @Test
    void copyByMulticastReplacesTheEventAndIsRefused() throws Exception {
        routes.withFirstStep("clicks-blocked", """
                - multicast:
                    steps:
                      - setBody:
                          constant: copied
                """).start();

        assertThat(routes.send(event(CLICKS_BLOCKED, "1", Map.of())).failure()).isNotNull();
        assertThat(routes.uploader.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void copyDoesNotChangeTheEvent(boolean fails) throws Exception {
        if (fails) {
            blockCopies();
        }
        copy().withFirstStep("clicks-blocked", """
                - setHeader:
                    name: mine
                    constant: kept
                """).start();
        TapEvent event = event(CLICKS_BLOCKED, "1", Map.of("url", "https://example.com"));
        Map<String, Object> fields = Map.copyOf(event.getFields());

        Sent sent = routes.send(event);

        assertThat(sent.failure() != null).isEqualTo(fails);
        Message after = sent.end().join().getMessage();
        assertThat(after.getBody()).isSameAs(event);
        after.removeHeaders("CamelSentinel*");
        assertThat(after.getHeaders()).isEqualTo(Map.of("mine", "kept"));
        assertThat(event.getFields()).isEqualTo(fields);
    }

    @Test
    void caughtCopyFailureDoesNotStopTheEvent() throws Exception {
        blockCopies();
        routes.withFirstStep("clicks-blocked", """
                - split:
                    simple: "${body}"
                    steps:
                      - doTry:
                          steps:
                            - setBody:
                                constant: copied
                            - to:
                                uri: file:%s
                          doCatch:
                            - exception:
                                - java.lang.Exception
                              steps:
                                - stop: {}
                """.formatted(copies())).start();

        assertThat(routes.send(event(CLICKS_BLOCKED, "1", Map.of("url", "https://example.com")))
                        .outcome())
                .isEqualTo(Outcome.DELIVERED);

        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "url")).containsExactly("https://example.com");
    }

    @Test
    void httpCopyCarriesNoHeaderOfTheProgram() throws Exception {
        List<String> headers = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            headers.addAll(call.getRequestHeaders().keySet());
            call.sendResponseHeaders(200, -1);
        });
        server.start();
        try {
            routes.withFirstStep(
                            "clicks-blocked", """
                    - split:
                        simple: "${body}"
                        steps:
                          - setBody:
                              constant: copied
                          - to:
                              uri: http://127.0.0.1:%d/
                    """.formatted(server.getAddress().getPort()))
                    .start();

            assertThat(routes.send(event(CLICKS_BLOCKED, "1", Map.of())).outcome())
                    .isEqualTo(Outcome.DELIVERED);
        } finally {
            server.stop(0);
        }
        assertThat(headers).isNotEmpty().noneMatch(name -> name.toLowerCase().startsWith("camel"));
    }

    @Test
    void failedCopyFailsItsEvent() throws Exception {
        blockCopies();
        copy().start();

        Sent held = routes.send(event(CLICKS_BLOCKED, "1", Map.of()));

        assertThat(held.failure()).isNotNull();
        assertThat(held.outcome()).isEqualTo(Outcome.NONE);
        assertThat(routes.uploader.calls()).isEmpty();
    }

    @Test
    void hostileTextPassesAllExamplesUnchanged() throws Exception {
        lookup("a@example.com=b");
        routes.withExample(LOOKUP).withExample(REDACT).withExample(FILTER);
        copy().start();
        for (EventType type : EventType.values()) {
            boolean message = type == MESSAGES_BLOCKED || type == MESSAGES_DELIVERED;
            List<Sent> sent = new ArrayList<>();
            List<Map<String, Object>> expected = new ArrayList<>();
            for (String text : HOSTILE) {
                Map<String, Object> fields =
                        new HashMap<>(Map.of("sender", text, "messageID", text, "GUID", text, "senderIP", text));
                fields.put("recipient", message ? List.of(text) : text);
                fields.put(
                        message ? "threatsInfoMap" : "url",
                        message ? List.of(Map.of("classification", text, text, text)) : text);
                fields.put(message ? "quarantineRule" : "classification", text);
                TapEvent event = event(type, type + text, fields);
                sent.add(routes.send(event));
                expected.add(fields);
            }
            for (int i = 0; i < HOSTILE.size(); i++) {
                assertThat(sent.get(i).outcome()).as(HOSTILE.get(i)).isEqualTo(Outcome.DELIVERED);
                assertThat(sent.get(i).event().getFields()).containsAllEntriesOf(expected.get(i));
            }
            for (String column : List.of("sender", "messageID", "senderIP", message ? "quarantineRule" : "url")) {
                assertThat(routes.uploader.sent(stream(type), column))
                        .as(column)
                        .isEqualTo(HOSTILE);
            }
        }
    }

    @Test
    void longAndDeepValuesPassAllExamples() throws Exception {
        lookup("a@example.com=b");
        routes.withExample(LOOKUP).withExample(REDACT).withExample(FILTER);
        copy().start();
        Object deep = "x";
        for (int level = 1; level < 500; level++) {
            deep = level % 2 == 0 ? List.of(deep) : Map.of("x", deep);
        }
        for (Object odd : List.of(
                deep,
                new BigDecimal("7".repeat(10_000)),
                new BigDecimal("1e999999999"),
                Map.of("n".repeat(10_000), 1))) {
            for (EventType type : EventType.values()) {
                send(
                        type,
                        new HashMap<>(Map.of(
                                "recipient",
                                odd,
                                "subject",
                                odd,
                                "x",
                                odd,
                                "threatsInfoMap",
                                List.of(Map.of("classification", odd)))));
            }
        }
    }

    private RoutesFixture copy() {
        return copyTo(routes.withExample(COPY));
    }

    /** The copy steps inside idempotentConsumer. */
    private RoutesFixture copyInsideIdempotentConsumer() {
        String used = RoutesFixture.example(routes.route(COPY));
        String steps = used.substring(used.indexOf("        - split:"));
        String head = "            steps:\n              - to:\n                  id: clicks-blocked-sentinel";
        return copyTo(routes.editRoute(
                "clicks-blocked",
                head,
                "            steps:\n" + steps.stripTrailing().indent(6) + head.substring(head.indexOf("\n") + 1)));
    }

    /** Writes below the test's folder instead of the working directory. */
    private RoutesFixture copyTo(RoutesFixture edited) {
        for (String file : List.of(RoutesFixture.OPERATOR, RoutesFixture.TABLES)) {
            edited.replace(file, "uri: file:copies/", "uri: file:" + folder.resolve("copies") + "/");
        }
        return edited;
    }

    /** Puts a file where the folder of the copies should be. */
    private void blockCopies() throws IOException {
        Files.createFile(Files.createDirectories(folder.resolve("copies")).resolve("clicks-blocked"));
    }

    private Path copies() {
        return folder.resolve("copies/clicks-blocked");
    }

    private void lookup(String text) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("lookup")).resolve("main-addresses.properties"), text);
    }

    private void send(EventType type, Map<String, Object> fields) throws Exception {
        assertThat(routes.send(event(type, "id-" + number++, fields)).outcome()).isEqualTo(Outcome.DELIVERED);
    }

    private static TapEvent event(EventType type, String id, Map<String, Object> fields) {
        TapEvent event = Events.event(type, id);
        event.getFields().putAll(fields);
        return event;
    }
}

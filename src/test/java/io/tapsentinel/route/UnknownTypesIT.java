package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sentinel.RejectedLog;
import io.tapsentinel.sentinel.RejectedRecord;
import io.tapsentinel.tap.EventIdentity;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.TapEventReader;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Arrays that TAP does not have yet. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnknownTypesIT {

    private static final String HELD = "\"messagesHeld\":[{\"id\":\"h1\",\"subject\":\"" + AsideTrial.MARKER + "\"},"
            + "{\"GUID\":\"g\",\"messageTime\":\"2026-11-20T11:30:00Z\",\"recipient\":[\"a@x\"]},"
            + "{\"GUID\":\"g\",\"messageTime\":\"2026-11-20T11:30:00Z\",\"recipient\":[\"b@x\"]},{\"id\":\"h1\"}]";

    @TempDir
    Path folder;

    private AsideTrial aside;

    @RegisterExtension
    final LogLines log = new LogLines();

    @BeforeEach
    void open() throws Exception {
        aside = new AsideTrial(folder);
    }

    @AfterEach
    void close() throws Exception {
        aside.close();
    }

    @Test
    void theKnownTypesLandAndEachUnknownEventLiesInTheRejectedFolderOnce() throws Exception {
        aside.addToAnswers(HELD);
        RunningProgram program = aside.trial.start().poll();

        assertThat(aside.trial.rows()).isEqualTo(aside.trial.firstHour());
        assertThat(aside.documents("rejected")).hasSize(3).allSatisfy(file -> {
            assertThat(file.getFileName().toString()).matches("messagesHeld-[0-9a-f]{32}-unknown-type\\.json");
            assertThat(AsideTrial.permissions(file)).isEqualTo("rw-------");
            assertThat(AsideTrial.json(file).get("reason")).isEqualTo("unknown-type");
            assertThat(AsideTrial.json(file).get("type")).isEqualTo("messagesHeld");
        });
        assertThat(aside.trial.reads().get(0).counts().get("messagesHeld"))
                .containsEntry("fetched", 4L)
                .containsEntry("rejected", 3L)
                .containsEntry("duplicate", 1L);
        assertThat(log.lines().stream().filter(line -> line.contains("messagesHeld")))
                .singleElement()
                .asString()
                .startsWith("WARN")
                .contains("messagesHeld=3");
        assertThat(log.lines()).noneMatch(line -> line.contains(AsideTrial.MARKER));
        HealthCheck.Result health = aside.health(program);
        assertThat(health.getState()).isEqualTo(HealthCheck.State.UP);
        assertThat(health.getDetails())
                .containsEntry("status", "DEGRADED")
                .hasEntrySatisfying(
                        "tap.unknown-types",
                        names -> assertThat(names.toString())
                                .contains("messagesHeld")
                                .doesNotContain(AsideTrial.MARKER));
    }

    @Test
    void whatLiesThereIsNotStoredAgainByALaterReadNorAfterARestart() throws Exception {
        aside.addToAnswers(HELD);
        aside.trial.start().poll().stop();
        for (Path file : aside.documents("rejected")) {
            Files.delete(file);
        }
        aside.trial.clock().advance(Duration.ofMinutes(5));

        aside.trial.start().poll();

        assertThat(aside.trial.reads()).hasSize(2);
        assertThat(aside.trial.reads().get(1).counts().get("messagesHeld"))
                .containsEntry("duplicate", 4L)
                .containsEntry("rejected", 0L);
        assertThat(aside.documents("rejected")).isEmpty();
        assertThat(aside.number("SELECT count(*) FROM seen WHERE stream = 'messagesHeld' AND rejected = 1"))
                .isEqualTo(3);
    }

    @Test
    void whenTheyCannotBeStoredTheKnownTypesLandAndTheWindowStaysDue() throws Exception {
        aside.addToAnswers(HELD);
        aside.trial.with("tap.rejected.uri", "direct:nobody-is-there?block=false&failIfNoConsumers=true");
        RunningProgram program = aside.trial.start().poll();

        assertThat(aside.trial.reads()).isEmpty();
        assertThat(aside.landed()).as("known types").isGreaterThan(30);
        assertThat(log.lines())
                .anyMatch(line -> line.contains("not committed")
                        && line.contains("tap.rejected.uri")
                        && line.contains("DirectConsumerNotAvailableException"));
        assertThat(log.lines()).noneMatch(line -> line.contains(AsideTrial.MARKER) || line.contains("nobody-is-there"));

        program.poll();
        assertThat(aside.trial.rows()).doesNotHaveDuplicates();
    }

    @Test
    void tenThousandEventsOfUnknownTypesAreHeldOneAtATime() throws Exception {
        try (WindowReadFixture fixture = new WindowReadFixture(folder.resolve("own"))) {
            Set<String> stored = new HashSet<>();
            int[] held = {0};
            RejectedLog log = record -> {
                stored.add(record.key().toString());
                held[0] = Math.max(held[0], record.fields().size());
            };
            UnknownTypes types = new UnknownTypes(log, fixture.seen, fixture.clock);
            WindowRead read = fixture.read(WindowReadFixture.NOW);
            UnknownEvents unknown = types.of(read);
            int many = 10_000;

            read.events(new TapEventReader(endless(many), WindowReadFixture.NOW, unknown), unknown)
                    .forEachRemaining(event -> {});
            read.commit();

            assertThat(stored).hasSize(many);
            assertThat(held[0]).isEqualTo(2);
            assertThat(fixture.committed.get(0).counts().get("messagesHeld")).containsEntry("rejected", (long) many);
            assertThat(fixture.seen.isKnown("messagesHeld", EventIdentity.of("messagesHeld", Map.of("id", "9999"))))
                    .isTrue();
        }
    }

    @Test
    void namesThatAreMadeUpByTheThousandAreCountedUnderOne() throws Exception {
        try (WindowReadFixture fixture = new WindowReadFixture(folder.resolve("own"))) {
            UnknownTypes types = new UnknownTypes(record -> {}, fixture.seen, fixture.clock);
            WindowRead read = fixture.read(WindowReadFixture.NOW);
            UnknownEvents unknown = types.of(read);
            for (int i = 0; i < 1_000; i++) {
                unknown.accept("array" + i, Map.of("id", "1"));
            }
            unknown.end();

            assertThat(read.entry().counts()).hasSize(21);
            assertThat(read.entry().counts().get("other")).containsEntry("rejected", 980L);
        }
    }

    @Test
    void anEventHasTheSameIdentityOnceItsTypeIsKnown() {
        for (EventType type : EventType.values()) {
            Map<String, Object> click =
                    Map.of("GUID", "g", "clickTime", "2026-11-20T10:00:00Z", "url", "u", "recipient", "r");
            assertThat(EventIdentity.of(type.arrayName(), click)).isEqualTo(EventIdentity.of(type, click));
        }
    }

    @Test
    void aRecordIsNamedWithoutItsContent() {
        assertThat(new RejectedRecord(
                        RejectedRecord.Reason.UNKNOWN_TYPE,
                        "messagesHeld",
                        null,
                        EventIdentity.of("messagesHeld", Map.of("id", "1")),
                        WindowReadFixture.NOW,
                        null,
                        Map.of("subject", AsideTrial.MARKER)))
                .asString()
                .contains("messagesHeld")
                .doesNotContain(AsideTrial.MARKER);
    }

    /** An answer that is made while it is read. */
    private static InputStream endless(int events) {
        return new SequenceInputStream(new Enumeration<>() {
            private int next = -1;

            @Override
            public boolean hasMoreElements() {
                return next <= events;
            }

            @Override
            public InputStream nextElement() {
                String part = next < 0
                        ? "{\"queryEndTime\":\"2026-11-20T11:59:00Z\",\"messagesHeld\":["
                        : next == events
                                ? "]}"
                                : (next == 0 ? "" : ",") + "{\"id\":\"" + next + "\",\"subject\":\"" + "s".repeat(200)
                                        + "\"}";
                next++;
                return new ByteArrayInputStream(part.getBytes(StandardCharsets.UTF_8));
            }
        });
    }
}

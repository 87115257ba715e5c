package io.tapsentinel.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.monitoring.health.Findings;
import io.tapsentinel.monitoring.health.ProgramHealthCheck;
import io.tapsentinel.testing.FaultProxy;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswerArchiveIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    private final Path archive = services.folder().resolve("archive");
    private final Path outbox = services.folder().resolve("outbox");
    private final List<String> answers = new CopyOnWriteArrayList<>();

    @BeforeEach
    void begin() {
        services.with("tap.archive.uri", "file:" + archive).with("tap.archive.outbox", outbox.toString());
        services.tapProxy().rewrite(body -> {
            answers.add(new String(body, StandardCharsets.UTF_8));
            return body;
        });
    }

    @Test
    void onlyAnswersWithNewEventsAreArchivedUnchanged() throws Exception {
        RunningProgram program = services.start().poll();
        // a second read of the same time has nothing new
        program.poll();
        services.clock().advance(Duration.ofMinutes(10));
        program.poll();

        await("both answers are archived")
                .atMost(SOON)
                .until(() -> files(archive).size() == 2 && files(outbox).isEmpty());
        assertThat(answers).hasSize(3);
        assertThat(files(archive)).map(AnswerArchiveIT::text).containsExactlyInAnyOrder(answers.get(0), answers.get(2));
        assertThat(files(archive))
                .map(file -> archive.relativize(file).toString())
                .allMatch(name -> name.matches(
                        "tap/2026/11/20/20261120T1\\d{5}Z_20261120T1\\d{5}Z_20261120T1\\d{8}Z\\.json\\.gz"));
        for (Path file : files(archive)) {
            assertThat(StateFolder.permissions(file)).isEqualTo("rw-------");
        }
    }

    @Test
    void unreachableArchiveDelaysNothingAndGetsAllAnswersLater() throws Exception {
        Files.createFile(archive);
        RunningProgram program = services.start().poll();
        assertThat(services.rows()).isEqualTo(services.firstHour());
        await("health reports it").atMost(SOON).until(() -> findings(program).level() == Findings.Level.DEGRADED);
        assertThat(findings(program).problems())
                .singleElement()
                .asString()
                .contains("tap.archive.uri does not accept answers", "answers wait in tap.archive.outbox");
        assertThat(files(outbox)).hasSize(1);

        Files.delete(archive);
        services.clock().advance(Duration.ofMinutes(5));
        await("the answer is archived").atMost(SOON).until(() -> files(outbox).isEmpty());
        assertThat(files(archive)).map(AnswerArchiveIT::text).containsExactly(answers.get(0));
        // the answer leaves the outbox before its sender knows the outcome
        await("health is up again").atMost(SOON).until(() -> findings(program).level() == Findings.Level.UP);
    }

    @Test
    void silentArchiveIsReportedAndDelaysNothing() throws Exception {
        try (FaultProxy never = new FaultProxy(URI.create("http://127.0.0.1:9"))) {
            never.hold();
            RunningProgram program = services.with(
                            "tap.archive.uri", never.uri().toString())
                    .start()
                    .poll();
            await("an upload is running").atMost(SOON).until(() -> never.held() == 1);
            assertThat(services.rows()).isEqualTo(services.firstHour());
            assertThat(findings(program).level()).isEqualTo(Findings.Level.UP);

            services.clock().advance(Duration.ofMinutes(6));
            program.poll();
            assertThat(services.rows()).hasSizeGreaterThan(services.firstHour().size());
            assertThat(findings(program).problems())
                    .singleElement()
                    .asString()
                    .contains("an upload has been running since 2026-11-20 12:00");
            never.release();
        }
    }

    @Test
    void answerWithoutRoomIsDroppedAndItsEventsDelivered() throws Exception {
        Files.createFile(archive);
        Files.createDirectory(outbox);
        Files.write(outbox.resolve("other"), new byte[1_000_000]);
        services.with("tap.archive.max-megabytes", "1");
        RunningProgram program = services.start().poll();

        assertThat(services.rows()).isEqualTo(services.firstHour());
        assertThat(findings(program).details()).containsEntry("archive.dropped", 1L);
        assertThat(findings(program).problems())
                .singleElement()
                .asString()
                .contains("answers are not archived (1 MB are waiting, tap.archive.max-megabytes is 1");
        assertThat(files(outbox)).hasSize(1);
    }

    @Test
    void completeAnswersOfAKilledProcessAreKept() throws Exception {
        Files.createDirectory(outbox);
        String name = "tap_20261120T105900Z_20261120T115900Z_20261120T120000123Z.json.gz";
        try (var gzip = new GZIPOutputStream(Files.newOutputStream(outbox.resolve(name + ".open")))) {
            gzip.write("{}".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(
                outbox.resolve("tap_20261120T115900Z_20261120T125900Z_20261120T130000123Z.json.gz.open"),
                new byte[] {0x1f, (byte) 0x8b, 8});
        services.start();

        await("the complete answer is archived")
                .atMost(SOON)
                .until(() -> files(outbox).isEmpty());
        assertThat(files(archive))
                .map(file -> archive.relativize(file).toString())
                .containsExactly("tap/2026/11/20/20261120T105900Z_20261120T115900Z_20261120T120000123Z.json.gz");
    }

    @Test
    void outboxThatCannotBeCreatedFailsTheStart() throws Exception {
        Files.createFile(outbox);
        assertThatThrownBy(services::start).hasMessageContaining("tap.archive.outbox is \"" + outbox);
    }

    private static Findings findings(RunningProgram program) {
        return program.camel()
                .getRegistry()
                .lookupByNameAndType("tap-archive", ProgramHealthCheck.class)
                .findings();
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String text(Path file) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServer.Step;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreQueries;
import io.tapsentinel.testing.StoredRecords;
import io.tapsentinel.testing.StoredRecords.Row;
import io.tapsentinel.testing.TmpfsMount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands as processes of their own, without any credential, beside a program and on what it has left behind. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class StatusIT extends PackagedFixture {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration HISTORY = LiveServices.sinceTheThirdOfAnHour(6);
    private static final String SWEPT = "hour (\\S+Z): all [1-9]";

    private PackagedProgram.Launch launch;
    private PackagedProgram.Launch command;

    @BeforeEach
    void prepare() throws Exception {
        launch = PackagedProgram.in(folder.resolve("program"))
                .tableOptions("batchRecords: 50", "lingerMs: 100", "retryBackoffMs: 100", "retryBackoffMaxMs: 500");
        command = PackagedProgram.in(folder.resolve("command"))
                .with("state.url", "jdbc:sqlite:" + state().resolve("tap-sentinel.db"))
                .with("tap.rejected.uri", "file:" + state().resolve("rejected"));
    }

    @Test
    void whatTheCommandsTellWhileTheProgramRunsIsWhatTheServersSaw() throws Exception {
        Map<String, Integer> served = new ConcurrentHashMap<>();
        AtomicBoolean holds = new AtomicBoolean();
        CountDownLatch held = new CountDownLatch(1);
        AtomicReference<Row> refused = new AtomicReference<>();
        AtomicReference<List<Row>> unsure = new AtomicReference<>();
        ScriptedServices services =
                open(new ScriptedServices(SandboxSettings.defaults().seed(7).eventsPerHour(120), HISTORY));
        services.tap()
                .script(call -> holds.get()
                        ? request -> hold(held)
                        : request -> {
                            served.put(request.target() + ' ' + served.size(), services.eventsAskedFor(request));
                            Step.PASS.on(request);
                        });
        services.sink().script(call -> upload -> {
            List<Row> rows = StoredRecords.rows(upload);
            if (!rows.isEmpty() && !rows.get(0).id().isEmpty()) {
                refused.compareAndSet(null, rows.get(0));
            }
            if (refused.get() != null && rows.contains(refused.get())) {
                SinkFault.refuse(upload, 400, "InvalidRecord", "");
            } else if (!rows.isEmpty() && unsure.compareAndSet(null, rows)) {
                SinkFault.RESET_AFTER_STORING.on(upload, services);
            } else {
                services.store(upload);
            }
        });
        launch.with(services.properties()).with("tap.sweep.cron", "0/1 * * * * ?");
        PackagedProgram program = open(launch.start());
        program.awaitLine(SWEPT);
        holds.set(true);
        assertThat(held.await(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("a request is held")
                .isTrue();

        String status = run("status");
        long events = served.values().stream().mapToLong(Integer::longValue).sum();
        assertThat(numbers(status, "total +([\\d,]+) +([\\d,]+) +([\\d,]+) +([\\d,]+) +0 +0 +1 +0$"))
                .as("reads, fetched, new, duplicates")
                .containsExactly(
                        (long) served.size(),
                        events,
                        (long) services.deliveries().distinct(),
                        events - services.deliveries().distinct() - 1);
        assertThat(numbers(status, "everything-else .* ([\\d,]+) +1,800$"))
                .as("requests")
                .containsExactly((long) services.tap().requests());
        Instant hour = Instant.parse(program.found(SWEPT).get(0).group(1));
        assertThat(numbers(status, "total((?: +[\\d,]+){12})$"))
                .as("theirs, ours and missing of the hours")
                .isEqualTo(hours(services, program));
        assertThat(status)
                .contains("nothing is missing")
                .contains("no gap")
                .contains("1 record not in Sentinel")
                .containsPattern(unsure.get().size() + " records? that Sentinel may hold twice");

        assertThat(run("rejected").lines())
                .singleElement()
                .asString()
                .contains(refused.get().key())
                .contains("\trefused\tInvalidRecord\t");
        assertThat(run("duplicates").lines().map(line -> line.split("\t")[1]))
                .as("ids")
                .containsExactlyInAnyOrderElementsOf(
                        unsure.get().stream().map(Row::id).toList());
        assertThat(run("gaps")).isEqualToIgnoringNewLines("no gap");

        new StoreQueries(state().resolve("tap-sentinel.db")).forgetThreeKeys(hour);
        assertThat(run("status")).contains("\n3 missing\n");
        assertThat(program.isAlive()).as("the program goes on").isTrue();
    }

    @Test
    void aStoreThatCannotBeWrittenIsReadAfterAStopAndAfterAKill() throws Exception {
        ScriptedServices services = open(
                new ScriptedServices(SandboxSettings.defaults().seed(8).eventsPerHour(120), Duration.ofMinutes(50)));
        TmpfsMount mount = open(TmpfsMount.at(state(), "64m"));
        launch.with(services.properties());
        try (PackagedProgram program = launch.start()) {
            program.awaitCommitted();
            program.stop();
        }
        mount.change("ro");
        assertThat(state().resolve("tap-sentinel.db-wal"))
                .as("the log after a stop")
                .doesNotExist();
        assertThat(run("status")).contains("no backlog");

        mount.change("rw");
        try (PackagedProgram program = launch.start()) {
            program.awaitCommitted();
            program.kill();
        }
        mount.change("ro");
        assertThat(Files.size(state().resolve("tap-sentinel.db-wal")))
                .as("bytes of the log after a kill")
                .isPositive();
        assertThat(run("status")).contains("no backlog");
    }

    private static void hold(CountDownLatch held) throws InterruptedException {
        held.countDown();
        new CountDownLatch(1).await();
    }

    private String run(String word) throws Exception {
        return command.run(0, word).output();
    }

    private static List<Long> numbers(String text, String line) {
        return Pattern.compile("(?m)^" + line)
                .matcher(text)
                .results()
                .flatMap(found -> IntStream.rangeClosed(1, found.groupCount()).mapToObj(found::group))
                .flatMap(group -> List.of(group.strip().split(" +")).stream())
                .map(number -> Long.valueOf(number.replace(",", "")))
                .toList();
    }

    /** What TAP has in the hours that were swept, as the line of the status has it. */
    private static List<Long> hours(ScriptedServices services, PackagedProgram program) {
        Instant origin = Instant.parse(services.properties().get("tap.poll.start"));
        List<String> truth = program.found(SWEPT).stream()
                .map(line -> Instant.parse(line.group(1)))
                .flatMap(hour ->
                        services
                                .live()
                                .truth(hour.isBefore(origin) ? origin : hour, hour.plus(Duration.ofHours(1)))
                                .stream())
                .toList();
        return Arrays.stream(EventType.values())
                .map(type -> truth.stream()
                        .filter(key -> key.startsWith(type.arrayName() + '|'))
                        .count())
                .flatMap(theirs -> Stream.of(theirs, theirs, 0L))
                .toList();
    }

    private Path state() {
        return launch.work().resolve("state");
    }
}

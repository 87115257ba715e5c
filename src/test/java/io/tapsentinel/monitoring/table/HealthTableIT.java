package io.tapsentinel.monitoring.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.app.Parts;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health rows sent by a running program, compared with the rows in the sink. */
class HealthTableIT {

    @TempDir
    Path folder;

    private final Workspace workspace = new Workspace();
    private final List<JsonNode> told = workspace.told();
    private volatile HealthTable table;
    private boolean byItself;

    @AutoClose
    private SimulatedServices services;

    @BeforeEach
    void open() throws Exception {
        services = new SimulatedServices(
                        folder,
                        SandboxSettings.defaults().seed(5).eventsPerHour(60).shareDocumented(0.2))
                .with("sentinel.health-table", "true")
                .eachRow(workspace::landed);
    }

    @Test
    void hoursReportTheRowsInTheSink() throws Exception {
        RunningProgram program = start();
        for (int poll = 0; poll < 20; poll++) {
            program.poll();
            services.clock().advance(Duration.ofMinutes(20));
        }
        program.poll();
        program.sweep();
        table.send();

        Map<String, Long> hours = workspace.newest("delivered");
        assertThat(hours).hasSizeGreaterThan(20);
        Map<String, Long> held = workspace.held();
        held.keySet().retainAll(hours.keySet());
        hours.values().removeIf(rows -> rows == 0);
        assertThat(hours).isEqualTo(held);
        assertThat(workspace.newest("swept")).isNotEmpty();
        assertThat(workspace.newest("missing").values()).containsOnly(0L);
        assertThat(services.rows()).as("event rows only").hasSize((int) Stream.of(EventType.values())
                .mapToLong(services.ingestion()::landed)
                .sum());
    }

    @Test
    void hoursAreSentAgainOnlyAfterAChangeOrARestart() throws Exception {
        RunningProgram program = start();
        twoHours(program);
        table.send();
        int first = told.size();
        assertThat(first).isGreaterThan(4);
        table.send();
        assertThat(told.subList(first, told.size()))
                .as("one heartbeat")
                .extracting(row -> row.path("kind").textValue())
                .containsExactly("heartbeat");
        program.stop();
        told.clear();
        start();
        table.send();
        assertThat(told).hasSize(first);
    }

    @Test
    void heartbeatHasProgressBudgetAndLastError() throws Exception {
        RunningProgram program = start();
        table.send();
        assertThat(told.get(0).toString())
                .contains("\"kind\":\"heartbeat\"", "\"source\":\"tap\"", "\"version\":\"", "\"budgetLeft\":1800")
                .doesNotContain("progress", "lastError");
        program.poll();
        services.tapProxy().next(Fault.UNAUTHORIZED);
        services.clock().advance(Duration.ofMinutes(7));
        program.poll();
        table.send();
        JsonNode row = told.get(told.size() - 1);
        while (!row.path("kind").textValue().equals("heartbeat")) {
            row = told.get(told.indexOf(row) - 1);
        }
        assertThat(row.path("lastErrorCode").textValue()).isEqualTo("tap-401");
        assertThat(Instant.parse(row.path("lastErrorTime").textValue()))
                .isBetween(
                        Instant.parse("2026-11-20T12:07:00Z"), services.clock().now());
        assertThat(row.path("lagSeconds").intValue()).isEqualTo(8 * 60);
        assertThat(row.path("budgetLeft").intValue()).isEqualTo(1798);
        assertThat(row.path("progress").textValue()).isEqualTo("2026-11-20T11:59:00Z");
    }

    @Test
    void failedRowsAreSentAgainAndTheFailureIsLoggedOnce() throws Exception {
        RunningProgram program = start();
        twoHours(program);
        Uploader uploader = program.program().sentinel().getUploader();
        AtomicInteger requests = new AtomicInteger();
        try (LogLines log = LogLines.open()) {
            program.program().sentinel().setUploader((stream, body) -> {
                throw new UploadException(403, "Sentinel answered 403 (request id " + requests.incrementAndGet() + ")");
            });
            table.send();
            table.send();
            assertThat(requests).hasValue(2);
            assertThat(log.lines().stream().filter(line -> line.contains(TableSchema.HEALTH)))
                    .hasSize(1)
                    .allMatch(line -> line.startsWith("WARN") && line.contains("Sentinel answered 403 (request id 1)"));
            program.program().sentinel().setUploader(uploader);
            table.send();
            assertThat(told).hasSizeGreaterThan(4);
            assertThat(log.lines()).contains("INFO TapSentinelHealth_CL: recovered");
        }
    }

    @Test
    void onlyARefusedTokenIsRenewed() throws Exception {
        RunningProgram program = start();
        AtomicInteger renewed = new AtomicInteger();
        for (int status : List.of(403, 500, 401)) {
            assertThat(renewed).hasValue(0);
            program.program().sentinel().setUploader(new Uploader() {
                @Override
                public void upload(String stream, byte[] body) throws UploadException {
                    throw new UploadException(status, "refused: " + status);
                }

                @Override
                public void renew() {
                    renewed.incrementAndGet();
                }
            });
            table.send();
        }
        assertThat(renewed).hasValue(1);
    }

    @Test
    void errorDoesNotEndTheSchedule() throws Exception {
        RunningProgram program = start();
        Uploader uploader = program.program().sentinel().getUploader();
        program.program().sentinel().setUploader((stream, body) -> {
            throw new NoClassDefFoundError("gone");
        });
        assertThatCode(table::send).doesNotThrowAnyException();
        program.program().sentinel().setUploader(uploader);
        table.send();
        assertThat(told).hasSize(1);
    }

    @Test
    void readingContinuesWhileTheHealthTableWaits() throws Exception {
        RunningProgram program = start();
        services.sinkProxy().hold();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(table::send);
        await("the health table waits").until(() -> services.sinkProxy().held() == 1);
        CompletableFuture<Void> polling = program.pollInBackground();
        await("event requests in progress").until(() -> services.sinkProxy().held() > 1);
        services.sinkProxy().release();
        polling.get(30, TimeUnit.SECONDS);
        sending.get(30, TimeUnit.SECONDS);
        assertThat(services.reads()).hasSize(1);
    }

    @Test
    void firstHeartbeatFollowsTheStartAndAStopDoesNotWaitForIt() throws Exception {
        byItself = true;
        services.sinkProxy().hold();
        RunningProgram program = start();
        await("the first heartbeat")
                .atMost(Duration.ofSeconds(30))
                .until(() -> services.sinkProxy().held() == 1);
        long before = System.nanoTime();
        try (LogLines log = LogLines.open()) {
            assertThat(program.stop()).isEqualTo("drained: 0 rows, 0 pending");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            assertThat(log.lines())
                    .as("log lines about the health table")
                    .noneMatch(line -> line.contains(TableSchema.HEALTH));
        }
    }

    @Test
    void disabledHealthTableSendsNothing() throws Exception {
        services.with("sentinel.health-table", "false");
        start().poll();
        assertThat(table).isNull();
        assertThat(told).isEmpty();
    }

    private void twoHours(RunningProgram program) {
        for (int poll = 0; poll < 7; poll++) {
            program.poll();
            services.clock().advance(Duration.ofMinutes(20));
        }
    }

    private RunningProgram start() {
        return services.start(new Parts() {
            @Override
            protected RouteBuilder healthTable(RouteBuilder usual, HealthTable made) {
                table = made;
                return byItself ? usual : Workspace.toldByTheTest();
            }
        });
    }
}

package io.tapsentinel.testing;

import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Program;
import io.tapsentinel.read.ReadRoutes;
import io.tapsentinel.sentinel.SentinelEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;

/** A program running on its own thread. */
public final class RunningProgram implements AutoCloseable {

    private static final int LINGER_MS = 20;

    private final Program program;
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private boolean stopped;

    /**
     * @param onSchedule whether Quartz triggers runs, which a stop must then wait for
     * @param management port of the management server; without a number there is none, since tests run in parallel
     */
    RunningProgram(Program program, boolean onSchedule, String management) {
        this.program = program;
        boolean managed = management.matches("\\d+");
        program.main().addOverrideProperty("camel.management.enabled", String.valueOf(managed));
        if (managed) {
            program.main().addOverrideProperty("camel.management.port", management);
        }
        if (!onSchedule) {
            // otherwise a stop waits up to half a second for Quartz's idle threads
            program.main().addOverrideProperty("camel.component.quartz.interrupt-jobs-on-shutdown", "true");
        }
        // a refused batch fails at once
        program.sentinel().getConfiguration().setDeliveryTimeoutMs(1);
        program.main().addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport main) {
                // a poll waits this long for its last batch to fill
                main.getCamelContext().getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
                    if (endpoint instanceof SentinelEndpoint sentinel) {
                        sentinel.getConfiguration()
                                .setLingerMs(
                                        Math.min(sentinel.getConfiguration().getLingerMs(), LINGER_MS));
                    }
                    return endpoint;
                });
            }
        });
        Thread thread = new Thread(
                () -> {
                    try {
                        end.complete(program.run());
                    } catch (Throwable e) {
                        end.completeExceptionally(e);
                    }
                },
                "program");
        thread.setDaemon(true);
        thread.start();
    }

    RunningProgram awaitStart() {
        await("program has started")
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(60))
                .until(() -> end.isDone() || program.main().isStarted());
        if (end.isCompletedExceptionally()) {
            end.join();
        }
        return this;
    }

    public Program program() {
        return program;
    }

    public CamelContext camel() {
        return program.main().getCamelContext();
    }

    /** Current result of this health check. */
    public HealthCheck.Result health(String check) {
        return camel().getRegistry()
                .lookupByNameAndType(check, HealthCheck.class)
                .call();
    }

    /** Current message of this health check; empty if none. */
    public String healthMessage(String check) {
        return health(check).getMessage().orElse("");
    }

    /** Current detail of this health check as text. */
    public String healthDetail(String check, String detail) {
        return String.valueOf(health(check).getDetails().get(detail));
    }

    /** Runs one poll like Quartz does; returns when it has ended. */
    public RunningProgram poll() {
        return trigger(ReadRoutes.READ_DUE);
    }

    /** The same with minutes left until the next poll, so that it also reads the backlog. */
    public RunningProgram pollWithTimeLeft() {
        try (ProducerTemplate template = camel().createProducerTemplate()) {
            template.sendBodyAndHeader(
                    ReadRoutes.READ_DUE, null, "nextFireTime", Date.from(Instant.parse("2099-01-01T00:00:00Z")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    /** Runs one sweep like Quartz does; returns when it has ended. */
    public RunningProgram sweep() {
        return trigger(ReadRoutes.SWEEP_DUE);
    }

    private RunningProgram trigger(String what) {
        try (ProducerTemplate template = camel().createProducerTemplate()) {
            template.sendBody(what, null);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    /** Starts a poll without waiting for its end. */
    public CompletableFuture<Void> pollInBackground() {
        return CompletableFuture.runAsync(this::poll);
    }

    /** Stops it like a signal does; returns the last log line. */
    public String stop() throws ExecutionException, InterruptedException, TimeoutException {
        stopped = true;
        program.stop();
        return end.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        if (!stopped && !end.isDone()) {
            stop();
        }
    }
}

package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.doctor.Finding.Mark;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.sentinel.upload.IngestionClients;
import io.tapsentinel.sentinel.upload.IngestionUploader;
import io.tapsentinel.sentinel.upload.Uploader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Checks everything a start needs and prints each finding at once. It costs one request to TAP and changes nothing: it creates no
 * file, writes no row and takes no lock, so the program may be running. It prints no secrets and no event content.
 */
public final class Doctor {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final List<Check> checks;
    private final Duration longest;
    private final PrintStream out;

    /** @param longest time limit of each check */
    Doctor(List<Check> checks, Duration longest, OutputStream out) {
        this.checks = checks;
        this.longest = longest;
        // the marks are not ASCII, the default charset of a process without a locale
        this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /**
     * Checks a start in this directory with this environment.
     *
     * @param properties effective values
     * @throws InvalidSettingException after a problem or a skipped check; the printed findings name them
     */
    public static void run(Map<String, String> properties, Clock clock, OutputStream out) {
        new Doctor(checks(properties, clock), LONGEST, out).examine();
    }

    void examine() {
        Map<Mark, Integer> marks = new EnumMap<>(Mark.class);
        for (Check check : checks) {
            make(check, finding -> {
                out.println(finding);
                marks.merge(finding.mark(), 1, Integer::sum);
            });
        }
        int wrong = marks.getOrDefault(Mark.PROBLEM, 0);
        int unknown = marks.getOrDefault(Mark.SKIPPED, 0);
        if (wrong + unknown > 0) {
            throw new InvalidSettingException("doctor: " + HumanText.count(wrong, "problem")
                    + (unknown == 0 ? "" : ", " + HumanText.count(unknown, "check") + " skipped"));
        }
    }

    private static List<Check> checks(Map<String, String> properties, Clock clock) {
        Path here = Path.of("");
        ConfigurationCheck configuration = new ConfigurationCheck(properties, System.getenv(), here);
        RoutesCheck routes = new RoutesCheck(properties, here);
        if (configuration.isSandbox()) {
            return List.of(configuration, routes);
        }
        StoreCheck store = new StoreCheck(properties, configuration, clock);
        Web web = new Web(configuration::network, clock);
        TapCheck tap = new TapCheck(configuration, web, clock);
        EndpointCheck endpoint = new EndpointCheck(configuration, web);
        TokenCheck token = new TokenCheck(
                configuration,
                () -> configuration.clients().credential(),
                () -> configuration.clients().identity(),
                clock);
        RuleCheck rule = new RuleCheck(
                configuration, endpoint::isOk, token, settings -> uploader(settings, configuration.clients()));
        return List.of(
                configuration,
                routes,
                store,
                tap,
                new ClockCheck(tap::answer),
                endpoint,
                token,
                rule,
                new BudgetCheck(store, tap));
    }

    private static Uploader uploader(Settings settings, IngestionClients clients) {
        return new IngestionUploader(
                settings.ingestion(), settings.authenticate() ? clients::azure : clients::anonymous, settings.ruleId());
    }

    /** Runs one check within the time limit. A check that hangs is abandoned: not every client has a timeout. */
    private void make(Check check, Consumer<Finding> found) {
        AtomicBoolean over = new AtomicBoolean();
        Consumer<Finding> inTime = finding -> {
            synchronized (over) {
                if (!over.get()) {
                    found.accept(finding);
                }
            }
        };
        FutureTask<Void> look = new FutureTask<>(() -> check.run(inTime), null);
        Thread thread = new Thread(look, "doctor-" + check.name());
        thread.setDaemon(true);
        thread.start();
        try {
            look.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            look.cancel(true);
            inTime.accept(Finding.problem(
                    check.name(),
                    "no result within " + longest.toSeconds() + " s; try again, and check the network in between"));
        } catch (ExecutionException e) {
            inTime.accept(Finding.problem(check.name(), "the check failed: " + SafeMessage.of(e.getCause())));
        } catch (InterruptedException e) {
            look.cancel(true);
            Thread.currentThread().interrupt();
        }
        synchronized (over) {
            over.set(true);
        }
    }
}

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
 * Looks at everything that a run needs and prints a line for each as soon as it is known. Beside one request to TAP it costs nothing,
 * and it changes nothing: no file is made, no row is written, no lock is taken, so that the program may run meanwhile. What it prints
 * holds no secret and no content.
 */
public final class Doctor {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final List<Check> checks;
    private final Duration longest;
    private final PrintStream out;

    /** @param longest how long one check may take */
    Doctor(List<Check> checks, Duration longest, OutputStream out) {
        this.checks = checks;
        this.longest = longest;
        // the marks have no place in ASCII, which a process without a locale prints
        this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /**
     * Examines what a start in this directory with this environment would be.
     *
     * @param properties effective values
     * @throws InvalidSettingException when not all is well; the lines say why
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
        int wrong = marks.getOrDefault(Mark.WRONG, 0);
        int unknown = marks.getOrDefault(Mark.UNKNOWN, 0);
        if (wrong + unknown > 0) {
            throw new InvalidSettingException("doctor: " + HumanText.count(wrong, "problem")
                    + (unknown == 0 ? "" : ", " + HumanText.count(unknown, "check") + " could not be made"));
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
                configuration, endpoint::isWell, token, settings -> uploader(settings, configuration.clients()));
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

    /** One check within its time. One that hangs, where no time-out of a client counts, is left to itself and holds up nothing. */
    private void make(Check check, Consumer<Finding> found) {
        AtomicBoolean over = new AtomicBoolean();
        Consumer<Finding> inTime = finding -> {
            synchronized (over) {
                if (!over.get()) {
                    found.accept(finding);
                }
            }
        };
        FutureTask<Void> look = new FutureTask<>(() -> check.look(inTime), null);
        Thread thread = new Thread(look, "doctor-" + check.name());
        thread.setDaemon(true);
        thread.start();
        try {
            look.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            look.cancel(true);
            inTime.accept(Finding.wrong(
                    check.name(),
                    "it took longer than " + longest.toSeconds() + " s; try again, and look at what lies between"));
        } catch (ExecutionException e) {
            inTime.accept(Finding.wrong(check.name(), "it could not be looked at: " + SafeMessage.of(e.getCause())));
        } catch (InterruptedException e) {
            look.cancel(true);
            Thread.currentThread().interrupt();
        }
        synchronized (over) {
            over.set(true);
        }
    }
}

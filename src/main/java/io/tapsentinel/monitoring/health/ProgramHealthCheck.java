package io.tapsentinel.monitoring.health;

import io.tapsentinel.monitoring.health.Findings.Level;
import io.tapsentinel.monitoring.health.Findings.Problem;
import io.tapsentinel.process.Look;
import io.tapsentinel.process.Look.NoAnswerException;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Base of the health checks. Camel knows UP and DOWN only, so DEGRADED is UP with the detail {@code status}. The message lists all
 * problems and remedies. A check that hangs, for example on the store, delays callers by {@link Look#PATIENCE} at most. Thread-safe
 * if {@link #look} is.
 */
public abstract class ProgramHealthCheck extends AbstractHealthCheck {

    /** Option with a check already in progress, a {@code Supplier<Findings>}. */
    static final String BEGUN = "begun";

    private final String part;
    private final Look<Findings> look;
    private volatile Findings looking = new Findings();

    /** @param part one word */
    protected ProgramHealthCheck(String part) {
        super("tap-sentinel", part);
        this.part = part;
        this.look = new Look<>("health-" + part, this::looked);
    }

    /** Performs the check; called by one thread at a time, except for liveness. */
    protected abstract void look(Findings findings);

    /** The problem to report while the check hangs. */
    protected KnownProblem silence() {
        return KnownProblem.SILENT;
    }

    /** Current findings. While the check hangs: the previous findings and {@link #silence}. */
    public final Findings findings() {
        return begin().get();
    }

    /** Starts the check without waiting for it, so that several run in parallel. */
    private Supplier<Findings> begin() {
        if (isLiveness()) {
            // cannot hang, and must not depend on another thread
            return this::looked;
        }
        Look.Asked<Findings> asked = look.ask();
        return () -> {
            try {
                return asked.get();
            } catch (NoAnswerException e) {
                return silent(e);
            }
        };
    }

    private Findings looked() {
        Findings findings = new Findings();
        looking = findings;
        look(findings);
        return findings;
    }

    private Findings silent(NoAnswerException e) {
        Findings findings = new Findings();
        look.last().ifPresent(before -> {
            findings.add(before.value());
            findings.detail(part + ".last-answer-seconds-ago", before.age().toSeconds());
        });
        return findings.problem(
                silence(), looking.asked().map(whom -> whom + ": ").orElse("") + e.getMessage());
    }

    /** Starts all checks in parallel; each supplier waits for its own check. */
    public static Map<ProgramHealthCheck, Supplier<Findings>> beginAll(CamelContext camel) {
        return camel.getRegistry().findByType(ProgramHealthCheck.class).stream()
                .collect(Collectors.toMap(Function.identity(), ProgramHealthCheck::begin));
    }

    /** One word. */
    public final String part() {
        return part;
    }

    @Override
    protected final void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        @SuppressWarnings("unchecked")
        Supplier<Findings> begun = (Supplier<Findings>) options.get(BEGUN);
        Findings findings = begun == null ? findings() : begun.get();
        findings.details().forEach(builder::detail);
        if (findings.level() != Level.UP) {
            builder.detail("status", findings.level().name());
        }
        if (!findings.problems().isEmpty()) {
            builder.message(findings.problems().stream()
                    .map(ProgramHealthCheck::describe)
                    .collect(Collectors.joining("; ")));
        }
        if (findings.level() == Level.DOWN) {
            builder.down();
        } else {
            builder.up();
        }
    }

    private static String describe(Problem problem) {
        return problem.what() + ": " + problem.remedy();
    }
}

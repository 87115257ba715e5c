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
 * A part of the program as health and the status page see it. Camel knows UP and DOWN only: DOWN is where a person has to act, what
 * works but deserves a look is UP with {@code status} DEGRADED. The message names every problem with what to do. A look may ask
 * something that hangs, such as the store; a caller waits for {@link Look#PATIENCE} at most. Thread-safe when {@link #look} is.
 */
public abstract class ProgramHealthCheck extends AbstractHealthCheck {

    /** The option that gives a look which has begun, a {@code Supplier<Findings>}. */
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

    /** Looks now; on one thread at a time, except for liveness. */
    protected abstract void look(Findings findings);

    /** The problem that is reported while a look hangs. */
    protected KnownProblem silence() {
        return KnownProblem.SILENT;
    }

    /** What a look finds now; while it hangs, that problem and the findings of the look before. */
    public final Findings findings() {
        return begin().get();
    }

    /** Begins a look, so that those of several parts go on side by side. */
    private Supplier<Findings> begin() {
        if (isLiveness()) {
            // it asks nothing that can hang, and must not depend on another thread
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

    /** Begins a look at every part of this program, side by side; each supplier waits for its own part. */
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

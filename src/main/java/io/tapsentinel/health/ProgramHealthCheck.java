package io.tapsentinel.health;

import io.tapsentinel.health.Findings.Level;
import io.tapsentinel.health.Findings.Problem;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * A part of the program as health and the status page see it. Camel knows UP and DOWN only: DOWN is where a person has to act, what
 * works but deserves a look is UP with {@code status} DEGRADED. The message names every problem with what to do. Thread-safe when
 * {@link #look} is.
 */
public abstract class ProgramHealthCheck extends AbstractHealthCheck {

    /** @param part one word */
    protected ProgramHealthCheck(String part) {
        super("tap-sentinel", part);
    }

    /** Looks now; called from several threads. */
    protected abstract void look(Findings findings);

    /** What a look finds now. */
    public final Findings findings() {
        Findings findings = new Findings();
        look(findings);
        return findings;
    }

    @Override
    protected final void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        Findings findings = findings();
        findings.details().forEach(builder::detail);
        if (findings.level() != Level.UP) {
            builder.detail("status", findings.level().name());
        }
        if (!findings.problems().isEmpty()) {
            builder.message(findings.problems().stream()
                    .map(ProgramHealthCheck::inWords)
                    .collect(Collectors.joining("; ")));
        }
        if (findings.level() == Level.DOWN) {
            builder.down();
        } else {
            builder.up();
        }
    }

    private static String inWords(Problem problem) {
        return problem.what() + ": " + problem.remedy();
    }
}

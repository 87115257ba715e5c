package io.tapsentinel.monitoring.health;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The result of one health check: named figures, and problems with remedies. Contains no event content. */
public final class Findings {

    private final Map<String, Object> details = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private volatile String asked;

    public enum Level {
        UP,
        /** It works with a problem. */
        DEGRADED,
        /** It does not work until somebody fixes it. */
        DOWN
    }

    /**
     * @param level  DEGRADED or DOWN
     * @param what   one line
     * @param remedy what to do, one line; "nothing" and the reason if no action is needed
     */
    public record Problem(Level level, String what, String remedy) {}

    /** Adds a figure: text, a number or a boolean. */
    public Findings detail(String name, Object value) {
        details.put(name, value);
        return this;
    }

    public Findings problem(KnownProblem known) {
        problems.add(new Problem(known.level(), known.what(), known.remedy()));
        return this;
    }

    /** @param particulars details, one line */
    public Findings problem(KnownProblem known, String particulars) {
        return problem(known, particulars, known.remedy());
    }

    /**
     * @param particulars details, one line
     * @param remedy      replaces the usual remedy, one line
     */
    public Findings problem(KnownProblem known, String particulars, String remedy) {
        problems.add(new Problem(known.level(), known.what() + " (" + particulars + ")", remedy));
        return this;
    }

    Findings add(Findings other) {
        details.putAll(other.details);
        problems.addAll(other.problems);
        return this;
    }

    /** Names what the check accesses next and may hang on: the store, a folder. */
    public Findings asks(Object whom) {
        asked = whom.toString();
        return this;
    }

    /** What the check accessed last. Thread-safe. */
    Optional<String> asked() {
        return Optional.ofNullable(asked);
    }

    /** The worst level of any problem. */
    public Level level() {
        return problems.stream().map(Problem::level).max(Level::compareTo).orElse(Level.UP);
    }

    /** All figures in the order of their addition. */
    public Map<String, Object> details() {
        return Collections.unmodifiableMap(details);
    }

    /** All problems in the order of their addition. */
    public List<Problem> problems() {
        return Collections.unmodifiableList(problems);
    }
}

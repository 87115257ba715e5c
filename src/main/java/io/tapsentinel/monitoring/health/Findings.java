package io.tapsentinel.monitoring.health;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one look at a part of the program found: figures by name, and problems, each with what to do. Never content of events. */
public final class Findings {

    private final Map<String, Object> details = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private volatile String asked;

    /** How well a part is. */
    public enum Level {
        UP,
        /** It works, and something deserves a look. */
        DEGRADED,
        /** It does not work until a person acts. */
        DOWN
    }

    /**
     * What is wrong.
     *
     * @param level  DEGRADED or DOWN
     * @param what   one line
     * @param remedy what to do about it, one line; that nothing has to be done, where it passes by itself
     */
    public record Problem(Level level, String what, String remedy) {}

    /** A figure: text, a number or a boolean. */
    public Findings detail(String name, Object value) {
        details.put(name, value);
        return this;
    }

    /** One of those that stand in the manual. */
    public Findings problem(KnownProblem known) {
        problems.add(new Problem(known.level(), known.what(), known.remedy()));
        return this;
    }

    /**
     * One of those that stand in the manual.
     *
     * @param particulars what it is about this time, one line
     */
    public Findings problem(KnownProblem known, String particulars) {
        return problem(known, particulars, known.remedy());
    }

    /**
     * One of those that stand in the manual, whose remedy depends on the particulars.
     *
     * @param particulars what it is about this time, one line
     * @param remedy      what to do about it this time, one line
     */
    public Findings problem(KnownProblem known, String particulars, String remedy) {
        problems.add(new Problem(known.level(), known.what() + " (" + particulars + ")", remedy));
        return this;
    }

    /** What another look found. */
    Findings add(Findings other) {
        details.putAll(other.details);
        problems.addAll(other.problems);
        return this;
    }

    /** Names what the look asks next and what may hang: the store, a folder. */
    public Findings asks(Object whom) {
        asked = whom.toString();
        return this;
    }

    /** What the look asked last. Any thread may call this. */
    Optional<String> asked() {
        return Optional.ofNullable(asked);
    }

    /** The worst level of any problem. */
    public Level level() {
        return problems.stream().map(Problem::level).max(Level::compareTo).orElse(Level.UP);
    }

    /** All figures, in the order in which they were found. */
    public Map<String, Object> details() {
        return Collections.unmodifiableMap(details);
    }

    /** All problems, in the order in which they were found. */
    public List<Problem> problems() {
        return Collections.unmodifiableList(problems);
    }
}

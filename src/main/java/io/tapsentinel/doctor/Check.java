package io.tapsentinel.doctor;

import java.util.function.Consumer;

/** Looks at one thing, and remembers for those that come after it what it has seen. */
interface Check {

    /** What it looks at. */
    String name();

    /** Tells what it finds as soon as it knows: a line for each problem, or one that all is well. */
    void look(Consumer<Finding> found);
}

package io.tapsentinel.doctor;

import java.util.function.Consumer;

/** One step of the doctor. It keeps its result for the checks after it. */
interface Check {

    /** The name printed before each finding. */
    String name();

    /** Passes each finding on at once: one for each problem, or one that everything is OK. */
    void run(Consumer<Finding> found);
}

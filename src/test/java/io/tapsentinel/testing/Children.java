package io.tapsentinel.testing;

import java.io.IOException;

/** Child processes that never outlive the test JVM. */
public final class Children {

    private Children() {}

    /** Starts a process that is killed when this JVM ends, even if the JVM is killed. */
    public static Process start(ProcessBuilder builder) throws IOException {
        Process child = builder.start();
        // the shell's input ends when this JVM does
        Process watcher = new ProcessBuilder("sh", "-c", "read line; kill -KILL " + child.pid()).start();
        child.onExit().thenRun(watcher::destroyForcibly);
        return child;
    }
}

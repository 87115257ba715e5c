package io.tapsentinel.packaged;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A test of the packaged program: has a folder, and closes what it opened in reverse order. */
abstract class PackagedFixture {

    @TempDir
    Path folder;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Closes it after the test. */
    synchronized <T extends AutoCloseable> T open(T one) {
        opened.push(one);
        return one;
    }

    @AfterEach
    synchronized void closeAll() throws Exception {
        Exception failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception | AssertionError e) {
                failure = new Exception(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

package io.tapsentinel.testing;

/** Exceptions as libraries throw them: what throws one inside a test would else pass for code of this program. */
public final class Foreign {

    private static final StackTraceElement LIBRARY = new StackTraceElement("org.example.Library", "call", null, -1);

    private Foreign() {}

    /** Makes a library the one that threw it and its causes. */
    public static <T extends Throwable> T of(T failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            each.setStackTrace(new StackTraceElement[] {LIBRARY});
        }
        return failure;
    }
}

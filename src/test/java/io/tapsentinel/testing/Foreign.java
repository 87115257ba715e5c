package io.tapsentinel.testing;

/** Exceptions that look as if a library had thrown them: a test's own frames count as code of this program. */
public final class Foreign {

    private static final StackTraceElement LIBRARY = new StackTraceElement("org.example.Library", "call", null, -1);

    private Foreign() {}

    /** Replaces the stack traces of the exception and its causes with a library's. */
    public static <T extends Throwable> T of(T failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            each.setStackTrace(new StackTraceElement[] {LIBRARY});
        }
        return failure;
    }
}

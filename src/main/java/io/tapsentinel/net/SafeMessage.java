package io.tapsentinel.net;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import io.tapsentinel.config.OwnSecrets;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One line about a failure, without event content or secrets. Of messages of this program only secrets are masked. Network and authentication
 * messages pass {@link Redactor}. Of an Azure error only status and code are used. All other exceptions may quote an event, for example
 * a type conversion in a custom route, so only the class and the throwing method are named.
 */
public final class SafeMessage {

    /** A chain of causes may be circular. */
    private static final int MOST_CAUSES = 50;

    private static final Pattern FULL = Pattern.compile("No space left on device|Disk quota exceeded");
    private static final Pattern SIGN_IN = Pattern.compile("com\\.(azure\\.identity|microsoft\\.aad)\\..*");
    private static final HttpHeaderName ERROR_CODE = HttpHeaderName.fromString("x-ms-error-code");
    private static final Pattern CODE = Pattern.compile("\\w{1,80}");

    private SafeMessage() {}

    /** The line, without a full stop at its end. */
    public static String of(Throwable failure) {
        List<Throwable> causes = causes(failure);
        return Stream.<Function<Throwable, Optional<String>>>of(
                        SafeMessage::ours, SafeMessage::refused, SafeMessage::file, NetworkMessage::of)
                .flatMap(rule -> causes.stream().map(rule).flatMap(Optional::stream))
                .findFirst()
                .orElseGet(() -> other(causes));
    }

    /** Whether the message is this program's own, which names what failed. */
    public static boolean isOurs(Throwable failure) {
        return causes(failure).stream().anyMatch(cause -> ours(cause).isPresent());
    }

    /** Whether the disk is full. Java has no exception for it, only the system's message. */
    public static boolean isOfAFullDisk(Throwable failure) {
        return causes(failure).stream()
                .anyMatch(cause -> cause instanceof IOException
                        && FULL.matcher(String.valueOf(cause.getMessage())).find());
    }

    private static List<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .limit(MOST_CAUSES)
                .toList();
    }

    private static Optional<String> ours(Throwable failure) {
        boolean ours = isOurs(failure.getClass().getName())
                || !NetworkMessage.isOfTheNetwork(failure) && isOurs(thrower(failure)) && !quotesItsCause(failure);
        String said = Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
        return ours ? Optional.of(OwnSecrets.mask(said)) : Optional.empty();
    }

    /** A cause about a file is fine: its message is the file name. */
    private static boolean quotesItsCause(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause != null
                && !(cause instanceof FileSystemException)
                && cause.getMessage() != null
                && String.valueOf(failure.getMessage()).contains(cause.getMessage());
    }

    private static Optional<String> file(Throwable failure) {
        String said = null;
        if (isOfAFullDisk(failure)) {
            said = "disk full";
        } else if (failure instanceof NoSuchFileException) {
            said = "no such file";
        } else if (failure instanceof AccessDeniedException) {
            said = "access denied";
        } else if (failure instanceof EOFException) {
            said = "unexpected end of data";
        } else if (failure instanceof CharacterCodingException) {
            said = "not UTF-8";
        } else if (failure instanceof FileSystemException refused) {
            said = refused.getReason();
        }
        return Optional.ofNullable(said);
    }

    /** An error response to the Azure SDK. Its text may quote the request, so it is left out. */
    private static Optional<String> refused(Throwable failure) {
        return failure instanceof HttpResponseException answered && answered.getResponse() != null
                ? Optional.of("answered " + answered.getResponse().getStatusCode()
                        + Optional.ofNullable(answered.getResponse().getHeaderValue(ERROR_CODE))
                                .filter(code -> CODE.matcher(code).matches())
                                .map(code -> " " + OwnSecrets.mask(code))
                                .orElse(""))
                : Optional.empty();
    }

    /** The root cause explains a failed authentication. */
    private static String other(List<Throwable> causes) {
        Throwable root = causes.get(causes.size() - 1);
        boolean signIn = causes.stream()
                .anyMatch(cause -> cause instanceof ClientAuthenticationException
                        || SIGN_IN.matcher(cause.getClass().getName()).matches());
        return signIn && root.getMessage() != null
                ? root.getClass().getSimpleName() + ": " + Redactor.line(root.getMessage())
                : name(root);
    }

    private static String name(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return failure.getClass().getName()
                + (trace.length == 0 ? "" : " at " + trace[0].getClassName() + "." + trace[0].getMethodName());
    }

    static String thrower(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0 ? "" : trace[0].getClassName();
    }

    private static boolean isOurs(String className) {
        return className.startsWith("io.tapsentinel.");
    }
}

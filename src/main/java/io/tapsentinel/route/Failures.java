package io.tapsentinel.route;

import io.tapsentinel.net.BoundedHttpComponent;
import io.tapsentinel.net.Network;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.state.StoreException;
import io.tapsentinel.tap.TapAnswerException;
import io.tapsentinel.tap.TapRefusedException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.core5.http.MessageConstraintException;

/**
 * Puts a failure into words that may be logged. Only our own exceptions and those of the network are quoted: others, such
 * as a type conversion inside an operator's route, may carry an event's content in their message.
 */
final class Failures {

    private static final Pattern FULL = Pattern.compile("No space left on device|Disk quota exceeded");

    private Failures() {}

    /** One line without content. */
    static String describe(Throwable failure) {
        if (isOfAFullDisk(failure)) {
            return "disk full: make room for tap.spool, where TAP's answers lie while they are read, and for what the routes write";
        }
        return quoted(failure).map(quoted -> message(quoted) + remedy(quoted)).orElseGet(() -> {
            Throwable root = failure;
            while (root.getCause() != null && root.getCause() != root) {
                root = root.getCause();
            }
            return root.getClass().getName() + place(root);
        });
    }

    private static String message(Throwable quoted) {
        if (quoted instanceof UnknownHostException) {
            return "the host name " + String.valueOf(quoted.getMessage()).replaceAll("[:\\s].*", "")
                    + " has no address";
        }
        return quoted.getMessage() == null ? quoted.getClass().getSimpleName() : quoted.getMessage();
    }

    private static String remedy(Throwable quoted) {
        return quoted instanceof MessageConstraintException
                ? "; an answer may have " + BoundedHttpComponent.MOST_HEADERS + " headers of "
                        + BoundedHttpComponent.LONGEST_LINE / 1_024 + " KiB. Check which server answers"
                : Network.remedy(quoted);
    }

    /** Whether a file could not be written for want of room. The system's words tell, there is no class for it. */
    static boolean isOfAFullDisk(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException
                    && FULL.matcher(String.valueOf(cause.getMessage())).find()) {
                return true;
            }
        }
        return false;
    }

    /** Whether its line does not say which service or step failed: it is not ours. A step of an operator's may call any network. */
    static boolean isForeign(Throwable failure) {
        return quoted(failure).filter(quoted -> !isOfTheNetwork(quoted)).isEmpty();
    }

    /** The first of it and its causes whose message may be logged. */
    private static Optional<Throwable> quoted(Throwable failure) {
        if (failure instanceof UploadException
                || failure instanceof StoreException
                || failure instanceof TapAnswerException
                || failure instanceof TapRefusedException
                || failure instanceof WindowFailedException
                || isOfTheNetwork(failure)
                || failure.getStackTrace().length > 0 && isOurs(failure.getStackTrace()[0].getClassName())) {
            return Optional.of(failure);
        }
        Throwable cause = failure.getCause();
        return cause != null && cause != failure ? quoted(cause) : Optional.empty();
    }

    /** Where it was thrown, which its words may not tell. */
    private static String place(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0].getClassName() + "." + trace[0].getMethodName();
    }

    /** The refusal that a failed request stands for, or null when it is something else. */
    static TapRefusedException refusal(Throwable failure) {
        if (failure instanceof HttpOperationFailedException http) {
            return new TapRefusedException(http.getStatusCode(), http.getResponseBody());
        }
        return failure instanceof TapRefusedException refused ? refused : null;
    }

    private static boolean isOfTheNetwork(Throwable failure) {
        return failure instanceof SocketException
                || failure instanceof SocketTimeoutException
                || failure instanceof SSLException
                || failure instanceof UnknownHostException
                || failure instanceof IOException
                        && failure.getClass().getName().startsWith("org.apache.hc.");
    }

    private static boolean isOurs(String className) {
        return className.startsWith("io.tapsentinel.");
    }
}

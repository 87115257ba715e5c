package io.tapsentinel.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what only listens (metrics, reports, the archive) from failing what it listens to. An exception of a listener ends here. The
 * first one of each method is logged, without its message, which may quote an event; later ones are silent. A {@link VirtualMachineError} passes.
 * Thread-safe.
 */
public final class SafeListeners {

    private static final Logger LOG = LoggerFactory.getLogger(SafeListeners.class);

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** A safe form of one listener whose methods return nothing. */
    public static <T> T safe(Class<T> type, T listener) {
        return new SafeListeners().safe(type, listener, null);
    }

    /**
     * The same for listeners that share what was logged.
     *
     * @param type      an interface
     * @param otherwise what a method that failed returns
     */
    public <T> T safe(Class<T> type, T listener, Object otherwise) {
        InvocationHandler handler = (self, method, arguments) -> {
            try {
                return method.invoke(listener, arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof VirtualMachineError error) {
                    throw error;
                }
                log(type, method, listener, e.getCause());
                return otherwise;
            }
        };
        return type.cast(Proxy.newProxyInstance(SafeListeners.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private void log(Class<?> type, Method method, Object listener, Throwable failure) {
        String what = type.getSimpleName() + "." + method.getName();
        if (logged.add(what)) {
            StackTraceElement[] stack = failure.getStackTrace();
            LOG.warn(
                    "{} of {} failed ({}{}); events are still delivered, and its further failures are not logged",
                    what,
                    listener.getClass().getName(),
                    failure.getClass().getName(),
                    stack.length == 0 ? "" : " at " + stack[0]);
        }
    }
}

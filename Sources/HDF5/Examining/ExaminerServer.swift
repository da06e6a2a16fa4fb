internal import CFence
internal import CHDF5
import Foundation

/// The process that waits for files to be examined, and forks one more for each of them.
///
/// It has one thread and has opened nothing, so that a fork of it is small, quick and free to do anything.
struct ExaminerServer {
    private let socket: Int32 = 3
    private let step: ExaminationStep

    /// - Parameter socket: becomes the descriptor 3, as all others are closed.
    init(socket: Int32, step: ExaminationStep) {
        self.step = step
        detach(keeping: socket)
    }

    /// Serves until the other end of the socket is closed, which it is when the process that started this one ends.
    func run() -> Never {
        // The library takes a millisecond for its beginning, which is spared to each fork.
        Library.enter()
        // It keeps no memory that it has given back, which would be handed out again as it was left.
        H5set_free_list_limits(0, 0, 0, 0, 0, 0)
        Library.leave()
        // What it reads beyond the end of a block shall end the process, and not depend on what lies there.
        fence_raise("H5open")
        var buffer = [UInt8](repeating: 0, count: ExaminationRequest.longest)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0, let request = ExaminationRequest(bytes: buffer[..<count]) else { _exit(0) }
            let outcome = examine(request)
            let reply = Array("\(outcome.text)\0\(step.text)".utf8)
            _ = send(socket, reply, reply.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// A signal from the terminal ends the process that started this one, and so this one; nobody who waits for an
    /// output of that one to end shall wait for this one.
    private func detach(keeping given: Int32) {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGUSR1, SIGUSR2] { signal(number, SIG_IGN) }
        for number in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGXCPU, SIGCHLD] { signal(number, SIG_DFL) }
        // A mask is inherited, and who starts this program from a thread of Dispatch hands on one that blocks nearly all:
        // SIGXCPU among them, without which a loop would not end.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        let null = open("/dev/null", O_RDWR)
        for descriptor: Int32 in 0...2 { dup2(null, descriptor) }
        if given != socket { dup2(given, socket) }
        chdf5_close_from(UInt32(socket) + 1)
        ExaminationLimits.forbidCoreDumps()
        chdf5_make_memory_harsh()
    }

    private func examine(_ request: ExaminationRequest) -> ExaminationOutcome {
        step.clear()
        let memory = ExaminationLimits.memory(fileSize: request.fileSize)
        // Closed by the end of the process that examines.
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return .fine }
        let child = chdf5_fork()
        if child == 0 {
            close(ends[0])
            close(socket)
            ExaminationLimits.setMemory(memory)
            _exit(ExaminationWalk(request, step).run().rawValue)
        }
        close(ends[1])
        defer { close(ends[0]) }
        // Where no process can be made, the file is opened without: that is better than not at all.
        guard child > 0 else { return .fine }
        let isPatient = wait(for: child, ends[0])
        if !isPatient { kill(child, SIGKILL) }
        var result: Int32 = 0
        while waitpid(child, &result, 0) < 0, errno == EINTR {}
        if !isPatient { return .endless(seconds: ExaminationLimits.patience, waiting: true) }
        let signal = result & 0x7F
        switch signal {
        case 0:
            let isExcessive = result >> 8 == ExaminationWalk.Ending.memoryWasShort.rawValue
            return isExcessive ? .excessive(limit: memory) : .fine
        case SIGXCPU: return .endless(seconds: request.stepSeconds, waiting: false)
        // The system ends a process so that takes the machine's last memory.
        case SIGKILL: return .excessive(limit: memory)
        default: return .crashed(signal: Int(signal))
        }
    }

    /// Whether the process, which holds the other end of the pipe, ends while it goes from step to step or computes. Time in
    /// which it could have computed, but other programs did, does not count.
    private func wait(for child: pid_t, _ pipe: Int32) -> Bool {
        var before = (step: step.number, computed: Self.computingTime(of: child))
        var seconds = 0
        while true {
            var waiting = [
                pollfd(fd: pipe, events: Int16(POLLIN), revents: 0), pollfd(fd: socket, events: 0, revents: 0),
            ]
            let count = poll(&waiting, 2, 1000)
            if count < 0, errno == EINTR { continue }
            if waiting[0].revents != 0 { return true }
            // Nobody waits for the answer any more.
            if waiting[1].revents != 0 { return false }
            let now = (step: step.number, computed: Self.computingTime(of: child))
            seconds = now == before ? seconds + 1 : 0
            before = now
            if seconds >= ExaminationLimits.patience { return false }
        }
    }

    /// Nanoseconds of computing.
    private static func computingTime(of process: pid_t) -> Int {
        var clock: clockid_t = 0
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

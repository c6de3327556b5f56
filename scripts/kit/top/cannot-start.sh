# Says why the kit's interpreter cannot start here, in the tool's own table, and ends with status 1.
# Read by `envcheck`, with $root, $status and $said: what became of lib/can-start. Needs no command
# but the shell's own: what `uname` would tell is looked for in /proc too.

least_glibc=2.17
least_kernel=2.6.32
loader=/lib64/ld-linux-x86-64.so.2

# The cells are padded by hand: a shell counts bytes, a terminal columns.
rule='--------  ----------  ----------------  ---------------  --------------------'
english() {
    heading='Not met:'
    header='Module    Check       Meaning           Requirement      Actual result or
                                                         error message'
    system='envcheck  system      Operating system  Linux            '
    arch='envcheck  cpu-arch    CPU architecture  x86_64, 64-bit   '
    glibc="envcheck  glibc       GNU C library     >= $least_glibc          "
    kernel="envcheck  kernel      Linux kernel      >= $least_kernel        "
    kit='envcheck  kit         The kit itself    can be executed  '
    start='envcheck  kit         The kit itself    can start        '
    none='none' musl='none: this is musl' small='32-bit system' lost='not executable or mounted noexec:'
}

chinese() {
    heading='未通过的检查项：'
    header='模块      检查项名称  检查项含义        要求             实际结果或报错信息'
    system='envcheck  system      操作系统          Linux            '
    arch='envcheck  cpu-arch    CPU 架构          x86_64，64 位    '
    glibc="envcheck  glibc       GNU C 库          >= $least_glibc          "
    kernel="envcheck  kernel      Linux 内核        >= $least_kernel        "
    kit='envcheck  kit         工具包本身        可以执行         '
    start='envcheck  kit         工具包本身        可以启动         '
    none='无' musl='无：本机为 musl' small='32 位系统' lost='没有执行权限，或以 noexec 挂载：'
}

choose_language() {
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    zh*[Uu][Tt][Ff]-8 | zh*[Uu][Tt][Ff]8) language=zh ;;
    *) language=en ;;
    esac
    before=
    for word in "$@"; do
        case $before$word in
        --lang=zh | --lang\ zh) language=zh ;;
        --lang=en | --lang\ en) language=en ;;
        esac
        before=
        if [ "$word" = --lang ]; then before='--lang '; fi
    done
    if [ $language = zh ]; then chinese; else english; fi
}

miss() { # a row: its fixed cells, and what was found
    if [ -n "$rows" ]; then rows="$rows
$rule"; fi
    rows="$rows
$1$2"
}

clean() { # sets result to the first line that says something, without what could steer a terminal
    text= result=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        *[![:space:]]*)
            text=$line
            break
            ;;
        esac
    done <<END_OF_SAID
$1
END_OF_SAID
    while [ -n "$text" ]; do
        rest=${text#?}
        letter=${text%"$rest"}
        case $letter in
        [\ -~]) result=$result$letter ;;
        *) result=$result? ;;
        esac
        text=$rest
    done
}

ask() { # sets result to what `uname $1` or else the file $2 says
    result=
    answer=$(uname "$1" 2>/dev/null) || answer=
    if [ -z "$answer" ] && [ -r "$2" ]; then IFS= read -r answer <"$2"; fi
    clean "$answer"
}

older() { # whether the version $1 is older than $2
    left=$1. right=$2.
    while [ -n "$right" ]; do
        a=${left%%.*} b=${right%%.*}
        a=${a%%[!0-9]*}
        if [ "${a:-0}" -lt "$b" ]; then return 0; fi
        if [ "${a:-0}" -gt "$b" ]; then return 1; fi
        left=${left#*.} right=${right#*.}
    done
    return 1
}

exists() {
    for path in "$@"; do
        if [ -e "$path" ]; then return 0; fi
    done
    return 1
}

glibc_version() { # sets version to that of this machine's glibc, to nothing where it does not say
    version=
    for library in /lib64/libc.so.6 /lib/x86_64-linux-gnu/libc.so.6 /usr/lib64/libc.so.6; do
        if [ -e "$library" ]; then
            told=$("$loader" "$library" 2>/dev/null </dev/null) || told=
            case $told in
            *' version '[0-9]*)
                version=${told#* version }
                version=${version%%[!0-9.]*}
                version=${version%.}
                return
                ;;
            esac
        fi
    done
}

look_at_libc() {
    if [ -e $loader ]; then
        glibc_version
        if [ -n "$version" ] && older "$version" $least_glibc; then
            miss "$glibc" "$version"
        else
            case $said in
            *GLIBC_* | *'shared object file'*)
                clean "$said"
                miss "$glibc" "${version:+$version; }$result"
                ;;
            esac
        fi
    elif exists /lib/ld-musl-*; then
        miss "$glibc" "$musl"
    elif exists /lib/ld-linux.so.2; then
        miss "$arch" "$small"
    else
        miss "$glibc" "$none"
    fi
}

look() {
    ask -s /proc/sys/kernel/ostype
    if [ "$result" != Linux ]; then
        miss "$system" "$result"
        return
    fi
    ask -m /proc/sys/kernel/arch
    case $result in
    x86_64 | amd64 | '') look_at_libc ;;
    *) miss "$arch" "$result" ;;
    esac
    ask -r /proc/sys/kernel/osrelease
    if [ -n "$result" ] && older "$result" $least_kernel; then
        miss "$kernel" "$result"
    else
        case $said in
        *'kernel too old'*) miss "$kernel" "$result" ;;
        esac
    fi
}

choose_language "$@"
rows=
look
case $rows$status$said in
126*[Pp]'ermission denied'*) miss "$kit" "$lost $root/lib" ;;
esac
if [ -z "$rows" ]; then
    clean "$said"
    miss "$start" "${result:-exit status $status}"
fi
printf '%s\n' "$heading" "$header" "$rule${rows}" '' 'The conclusion of environment checking is :fail'
exit 1
